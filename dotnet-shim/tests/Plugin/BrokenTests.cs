using System.Net;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>No engine: everybody is refused once somebody is protected, and nobody before.</summary>
public sealed class BrokenTests {
    /// <summary>A way to have no engine, and the word by which it is explained.</summary>
    public static TheoryData<string, string> Ways => new() {
        { "no library", "jellyward.bin" },
        { "not a library", "jellyward.bin" },
        { "another ABI", "speaks ABI 4711" },
        { "a function missing", "'jw_engine_event'" },
        { "store damaged", "the store is damaged (status 41)" },
        { "store locked", "another process has the store open (status 40)" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Armed_every_login_is_refused_and_the_reason_is_shown(string way, string reason) {
        await using var server = await Broken(way, armed: null);
        var admin = await server.Client.Token("admin");
        await Arm(server);

        foreach (var (name, password) in new[] { ("admin", "admin-pw"), ("alice", "alice-pw"), ("alice", "wrong") }) {
            using var login = await server.Client.Login(name, password, id: "refused");
            Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
            Assert.Equal("Error processing request.", await Client.Text(login));
        }

        // Quick Connect and the obsolete address are no ways around.
        using var begun = await server.Client.Send(HttpMethod.Post, "QuickConnect/Initiate");
        using var approved = await server.Client.Send(HttpMethod.Post, $"QuickConnect/Authorize?code={(string)(await Client.Read(begun))["Code"]!}", token: admin);
        Assert.Equal(HttpStatusCode.Unauthorized, approved.StatusCode);
        var alice = await server.Client.UserId(admin, "alice");
        using var obsolete = await server.Client.Send(HttpMethod.Post, $"Users/{alice}/Authenticate?pw=alice-pw");
        Assert.Equal(HttpStatusCode.Unauthorized, obsolete.StatusCode);
        Assert.Empty(await server.Client.Devices(admin, "alice"));

        // A live session still works, and finds the explanation.
        using var answer = await server.Client.Send(HttpMethod.Get, "JellywardShim/Status", token: admin);
        var status = await Client.Read(answer);
        Assert.Equal((false, true), ((bool)status["open"]!, (bool)status["armed"]!));
        Assert.Contains(reason, (string)status["reason"]!);
        Assert.Contains("nobody can sign in", (string?)status["banners"]!.AsArray().Single());
        await server.Logged(reason);
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");
        Assert.Contains("role=\"alert\"", await Client.Text(page));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.Client.Status(HttpMethod.Get, "Jellyward/Login"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Never_armed_logins_are_stock_and_the_dashboard_is_loud(string way, string reason) {
        await using var server = await Broken(way, armed: false);
        var admin = await server.Client.Token("admin");
        using var wrong = await server.Client.Login("alice", "wrong");
        using var answer = await server.Client.Send(HttpMethod.Get, "JellywardShim/Status", token: admin);
        var status = await Client.Read(answer);
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Contains(reason, (string)status["reason"]!);
        Assert.Contains("the password alone", (string?)status["banners"]!.AsArray().Single());
        Assert.Equal(Server.Index, await Client.Text(page));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<?xml version=\"1.0\"?><PluginConfiguration><Arm")]
    public async Task An_unreadable_configuration_counts_as_armed(string configuration) {
        await using var server = await Server.Start(new Setup { Library = null, Configuration = configuration });
        using var login = await server.Client.Login("alice");

        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        Assert.Equal(configuration, await File.ReadAllTextAsync(server.PluginConfiguration));
    }

    [Fact]
    public async Task Arming_is_remembered_in_jellyfins_own_file_and_told_at_the_next_opening() {
        await using var server = await Server.Start();
        using var arming = await server.Client.Login("alice", device: "arm");
        Assert.Contains("<Armed>true</Armed>", await File.ReadAllTextAsync(server.PluginConfiguration));
        await server.Stop();
        await server.Run();
        Assert.Equal([false, true], Opened(server));

        using var disarming = await server.Client.Login("alice", device: "disarm");
        Assert.Contains("<Armed>false</Armed>", await File.ReadAllTextAsync(server.PluginConfiguration));
    }

    [Fact]
    public async Task A_store_that_becomes_free_is_opened_without_a_restart() {
        await using var server = await Broken("store locked", armed: true);
        using var refused = await server.Client.Login("alice");
        File.Delete(Path.Combine(server.Data, "locked"));
        await Task.Delay(TimeSpan.FromSeconds(6));
        using var allowed = await server.Client.Login("alice");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal("yes", allowed.Headers.GetValues("X-Stand-In").Single());
    }

    [Fact]
    public async Task Removing_the_plugin_leaves_every_account_able_to_sign_in() {
        await using var server = await Server.Start(new Setup { Configuration = Setup.Armed(true) });
        await server.Client.Token("alice");
        await server.Stop();
        Directory.Delete(server.PluginFolder, true);
        await server.Run();
        var admin = await server.Client.Token("admin");
        var user = await server.Client.Json(HttpMethod.Get, $"Users/{await server.Client.UserId(admin, "alice")}", token: admin);

        await server.Client.Token("alice");
        Assert.Contains("DefaultAuthenticationProvider", (string)user["Policy"]!["AuthenticationProviderId"]!);
    }

    internal static async Task<Server> Broken(string way, bool? armed) {
        var setup = new Setup { Configuration = armed is { } value ? Setup.Armed(value) : null };
        if (way.StartsWith("store ", StringComparison.Ordinal)) {
            var server = await Server.Start(setup);
            await server.Stop();
            await File.WriteAllTextAsync(Path.Combine(server.Data, way["store ".Length..]), string.Empty);
            await server.Run();
            return server;
        }

        return await Server.Start(setup with {
            Library = way switch {
                "no library" => null,
                "not a library" => Places.Plugin,
                "another ABI" => Places.StandIn("-DABI=4711"),
                "a function missing" => Places.StandIn("-DNO_EVENT"),
                _ => throw new ArgumentException(way),
            },
        });
    }

    /// <summary>Somebody became protected; the server starts again without an engine.</summary>
    private static async Task Arm(Server server) {
        await server.Stop();
        Directory.CreateDirectory(Path.GetDirectoryName(server.PluginConfiguration)!);
        await File.WriteAllTextAsync(server.PluginConfiguration, Setup.Armed(true));
        await server.Run();
    }

    private static IEnumerable<bool> Opened(Server server) => File.ReadAllLines(Path.Combine(server.Data, "calls"))
        .Where(line => line.StartsWith('{')).Select(line => (bool)JsonNode.Parse(line)!["armed"]!);
}
