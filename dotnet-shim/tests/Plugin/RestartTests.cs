using System.Net;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>A restart from the dashboard keeps process, assemblies and native library; a new version comes beside the old.</summary>
public sealed class RestartTests {
    [Fact]
    public async Task The_engine_is_closed_and_opened_at_every_restart() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");
        for (var i = 0; i < 2; i++) {
            await server.Restart(admin);
            using var login = await server.Client.Login("alice", id: $"after-{i}");
            Assert.Equal("yes", login.Headers.GetValues("X-Stand-In").Single());
            using var echo = await server.Client.Send(HttpMethod.Get, "Jellyward/Echo");
            Assert.Equal(HttpStatusCode.NonAuthoritativeInformation, echo.StatusCode);
        }

        await server.Stop();
        Assert.Equal(["open", "close", "open", "close", "open", "close"], Calls(server));
    }

    [Fact]
    public async Task A_new_version_beside_the_old_one_takes_over_in_the_same_process() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");
        server.Install(Path.Combine(server.Folder, "plugins", "Jellyward_0.2.0.0"), "0.2.0.0");
        await server.Restart(admin);
        using var login = await server.Client.Login("alice");

        Assert.Equal("yes", login.Headers.GetValues("X-Stand-In").Single());
        Assert.Equal(["open", "close", "open"], Calls(server));
        using var challenged = await server.Client.Login("alice", device: "challenge");
        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
    }

    [Fact]
    public async Task A_replaced_library_asks_for_a_restart_of_the_process() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");
        var file = Directory.GetFiles(server.PluginFolder, "jellyward.bin", SearchOption.AllDirectories).Single();
        File.Copy(file, file + ".new");
        File.Move(file + ".new", file, overwrite: true);
        using var answer = await server.Client.Send(HttpMethod.Get, "JellywardShim/Status", token: admin);

        Assert.Contains("Restart the whole server process", (await Client.Read(answer))["banners"]!.ToJsonString());
    }

    [Fact]
    public async Task A_server_whose_engine_cannot_open_starts_and_restarts_all_the_same() {
        await using var server = await BrokenTests.Broken("store damaged", armed: false);
        var admin = await server.Client.Token("admin");
        await server.Restart(admin);

        await server.Client.Token("alice");
    }

    [Fact]
    public async Task A_restart_leaves_no_thread_behind() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");
        for (var i = 0; i < 5; i++) {
            using var login = await server.Client.Login("alice", id: $"thread-{i}");
            using var page = await server.Client.Send(HttpMethod.Get, "Jellyward/Echo");
        }

        // One for logins and one for pages, however many came; fewer where the machine is slow and they have ended.
        Assert.InRange(server.Threads("Jellyward"), 1, 4);
        await server.Restart(admin);
        // They end a moment after the engine was closed; left alone they would rest longer than this.
        for (var i = 0; i < 60 && server.Threads("Jellyward") > 0; i++) {
            await Task.Delay(50);
        }

        Assert.Equal(0, server.Threads("Jellyward"));
    }

    private static IEnumerable<string> Calls(Server server) => File.ReadAllLines(Path.Combine(server.Data, "calls")).Select(line => line == "close" ? line : "open");
}
