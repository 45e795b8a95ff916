using System.Net;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Sign-ins that do not come by the gate: once somebody is protected the server does not start like that.</summary>
public sealed class BypassTests {
    /// <summary>How it comes about, and the word that says so. A real server has its session manager before any plugin.</summary>
    public static TheoryData<string> Ways => Places.RealServer is null ? ["replaces", "password", "direct", "no session manager yet"] : ["replaces", "password", "direct"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Armed_the_server_does_not_start(string way) {
        await using var server = await Server.Make(Bypassing(way, armed: true));
        await server.RunToItsEnd();

        await server.Logged("the server does not start");
        await server.Logged(Path.Combine(server.Data, "unlock"));
        Assert.DoesNotContain("nobody can sign in", server.Log);
        Assert.False(File.Exists(Path.Combine(server.Data, "calls")), "an engine was opened");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Never_armed_it_starts_says_so_and_lets_nobody_be_protected(string way) {
        await using var server = await Server.Start(Bypassing(way, armed: false));
        var admin = await server.Client.Token("admin");
        var status = await server.Client.Json(HttpMethod.Get, "JellywardShim/Status", token: admin);
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");

        Assert.Contains("Nobody is asked for a second factor", (string?)status["banners"]!.AsArray().First());
        Assert.DoesNotContain("everybody signs in with the password alone", status["banners"]!.ToJsonString());
        Assert.Contains(way == "no session manager yet" ? way : "Sign-ins do not pass Jellyward", (string?)status["reason"]);
        Assert.False((bool)status["open"]!);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.Client.Status(HttpMethod.Get, "Jellyward/Login"));
        Assert.Equal(Server.Index, await Client.Text(page));
        await server.Logged("Nobody is asked for a second factor");
    }

    [Fact]
    public async Task The_unlock_file_is_the_way_back_in() {
        await using var server = await Server.Make(Bypassing("replaces", armed: true));
        Directory.CreateDirectory(server.Data);
        foreach (var name in new[] { "rescue-id", "unlock" }) {
            var file = Path.Combine(server.Data, name);
            await File.WriteAllTextAsync(file, "a rescue id that somebody wrote down");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await server.Run();
        var admin = await server.Client.Token("admin");
        var banners = (await server.Client.Json(HttpMethod.Get, "JellywardShim/Status", token: admin))["banners"]!.ToJsonString();
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");

        Assert.Contains("Sign-ins do not pass Jellyward", banners);
        Assert.Contains("The unlock file was used", banners);
        Assert.DoesNotContain("nobody can sign in", banners);
        Assert.Equal(Server.Index, await Client.Text(page));
        Assert.False(File.Exists(Path.Combine(server.Data, "unlock")));

        // Once.
        await server.Stop();
        await server.RunToItsEnd();
    }

    [Fact]
    public async Task One_that_asks_the_gate_only_when_it_is_called_does_no_harm() {
        await using var server = await Server.Start(Bypassing("late", armed: true));
        using var challenged = await server.Client.Login("alice", device: "challenge");

        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
        Assert.Contains("jellyward", await Client.Text(challenged));
        Assert.DoesNotContain("Sign-ins do not pass", server.Log);
    }

    [Fact]
    public async Task Asking_whether_the_gate_is_in_the_way_is_no_sign_in() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");

        Assert.Equal(0, await server.Client.Activities(admin, "AuthenticationFailed"));
        Assert.Single(File.ReadAllLines(Path.Combine(server.Data, "attempts")));
    }

    private static Setup Bypassing(string way, bool armed) => new() {
        Configuration = Setup.Armed(armed),
        Neighbour = way != "no session manager yet",
        Environment = way == "no session manager yet" ? new() { ["TESTHOST_SESSIONS"] = "late" } : new() { ["NEIGHBOUR"] = way },
    };
}
