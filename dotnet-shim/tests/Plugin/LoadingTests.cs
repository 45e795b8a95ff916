using System.Net;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>How the plugin gets into a server, and that nothing it meets there switches it off.</summary>
public sealed class LoadingTests {
    /// <summary>As a type, a factory, a finished object, and with a keyed registration behind it.</summary>
    [HostTheory]
    [InlineData("type")]
    [InlineData("factory")]
    [InlineData("instance")]
    [InlineData("keyed")]
    public async Task However_the_session_manager_was_registered_the_gate_stands_before_it(string shape) {
        await using var server = await Server.Start(new Setup { Environment = new() { ["TESTHOST_SESSIONS"] = shape } });
        using var allowed = await server.Client.Login("alice");
        using var challenged = await server.Client.Login("alice", device: "challenge");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (allowed.StatusCode, challenged.StatusCode));
        Assert.Equal("yes", allowed.Headers.GetValues("X-Stand-In").Single());
        await server.Stop();
        if (shape == "type") {
            await server.Logged("Session manager disposed");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_plugin_is_active_with_and_without_its_description(bool manifest) {
        await using var server = await Server.Start(new Setup { Manifest = manifest });
        var admin = await server.Client.Token("admin");
        var plugins = await server.Client.Json(HttpMethod.Get, "Plugins", token: admin);

        // Libraries for other systems lie in the same folders, and none is called .dll.
        Assert.Equal("Active", (string?)plugins.AsArray().Single(plugin => ((string)plugin!["Name"]!).StartsWith("Jellyward", StringComparison.Ordinal))!["Status"]);
        using var challenged = await server.Client.Login("alice", device: "challenge");
        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
    }

    [Fact]
    public async Task Older_headers_switched_off_leave_no_challenge_to_be_had() {
        await using var server = await Server.Start(new Setup { Environment = new() { ["TESTHOST_LEGACY_HEADERS"] = "off" } });
        using var answer = await server.Client.Login("alice", with: request => {
            Client.Replace(request, "Authorization", null);
            Client.Replace(request, "X-Emby-Authorization", Client.Header("challenge", "older"));
        });

        // A real server has the headers on or off by its own version.
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest || Places.RealServer is not null, answer.StatusCode.ToString());
    }

    [Fact]
    public async Task The_administrators_list_of_apis_still_comes() {
        await using var server = await Server.Start();

        Assert.NotEqual(HttpStatusCode.InternalServerError, await server.Client.Status(HttpMethod.Get, "api-docs/openapi.json"));
    }
}
