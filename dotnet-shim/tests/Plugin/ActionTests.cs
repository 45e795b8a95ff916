using System.Net;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Jellyfin's own calls that the engine wants to see: what it is told, and what becomes of them.</summary>
public sealed class ActionTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private readonly Client _client = fixture.Client;

    [Fact]
    public async Task A_watched_call_tells_who_calls_whom_and_no_password() {
        var token = await _client.Token("alice", id: "asks");
        var alice = Guid.Parse(await _client.UserId(fixture.Admin, "alice"));
        using var changed = await Change("passes", "asks", new { CurrentPw = "alice-pw", NewPw = "alice-pw" }, token);
        var told = fixture.Noted("actions").First();

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal("User.UpdateUserPassword", (string?)told["action"]);
        Assert.Equal("""{"resetPassword":false}""", told["arguments"]!.ToJsonString());
        Assert.True((bool)told["wizardDone"]!);
        Assert.Equal(("Test", "1.0", "asks", "passes"), ((string?)told["client"]!["app"], (string?)told["client"]!["version"], (string?)told["client"]!["deviceId"], (string?)told["client"]!["deviceName"]));
        Assert.Equal("127.0.0.1", (string?)told["origin"]!["remote"]);
        Assert.Equal(alice.ToString("N"), (string?)told["caller"]!["userId"]);
        Assert.Equal(SessionsTests.Hash(token), (string?)told["caller"]!["tokenHash"]);
        Assert.False((bool)told["caller"]!["administrator"]!);
        Assert.DoesNotContain("alice-pw", told.ToJsonString());
    }

    [Fact]
    public async Task Ids_and_flags_are_told_and_texts_of_route_and_query() {
        var bob = Guid.Parse(await _client.UserId(fixture.Admin, "bob"));
        using var byRoute = await Change("stop", "admin-fixture", new { NewPw = "x", ResetPassword = true }, fixture.Admin, $"Users/{bob:N}/Password");
        var told = fixture.Noted("actions").First();
        Assert.Equal("User.UpdateUserPasswordLegacy", (string?)told["action"]);
        Assert.Equal((bob, true), (Guid.Parse((string)told["arguments"]!["userId"]!), (bool)told["arguments"]!["resetPassword"]!));

        using var byQuery = await Change("stop", "admin-fixture", new { NewPw = "x" }, fixture.Admin, $"Users/Password?userId={bob:N}");
        told = fixture.Noted("actions").First();
        Assert.Equal((bob, false), (Guid.Parse((string)told["arguments"]!["userId"]!), (bool)told["arguments"]!["resetPassword"]!));

        using var made = await Change("stop", "admin-fixture", null, fixture.Admin, "Auth/Keys?app=%3Cb%3E");
        told = fixture.Noted("actions").First();
        Assert.Equal(("ApiKey.CreateKey", "<b>", true), ((string?)told["action"], (string?)told["arguments"]!["app"], (bool)told["caller"]!["administrator"]!));
    }

    [Fact]
    public async Task Whoever_jellyfin_lets_in_is_told_wherever_the_token_stands() {
        var token = await _client.Token("alice", id: "in the query");
        using var stopped = await Change("stop", "in the query", new { NewPw = "stolen" }, null, $"Users/Password?ApiKey={token}");
        var told = fixture.Noted("actions").First();

        Assert.Equal(SessionsTests.Hash(token), (string?)told["caller"]!["tokenHash"]);
        Assert.Equal(HttpStatusCode.Forbidden, stopped.StatusCode);
    }

    [Fact]
    public async Task A_stopped_call_does_not_run_and_answers_what_the_engine_says() {
        var token = await _client.Token("kess", id: "stopped");
        using var stopped = await Change("stop", "stopped", new { CurrentPw = "kess-pw", NewPw = "changed" }, token);

        Assert.Equal(HttpStatusCode.Forbidden, stopped.StatusCode);
        Assert.Equal(("step-up", "no-store"), (stopped.Headers.GetValues("X-Jellyward").Single(), stopped.Headers.CacheControl!.ToString()));
        Assert.Equal("application/problem+json", stopped.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"code":"step_up","proofs":["totp"]}""", await Client.Text(stopped));
        using var unchanged = await _client.Login("kess", "kess-pw");
        Assert.Equal(HttpStatusCode.OK, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("panic")]
    [InlineData("shut")]
    public async Task An_engine_that_cannot_answer_stops_the_call(string device) {
        var token = await _client.Token("bob", id: device);
        using var stopped = await Change(device, device, new { CurrentPw = "bob-pw", NewPw = "changed" }, token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, stopped.StatusCode);
        Assert.Equal("unavailable", (string?)JsonNode.Parse(await Client.Text(stopped))!["code"]);
        using var unchanged = await _client.Login("bob", "bob-pw");
        Assert.Equal(HttpStatusCode.OK, unchanged.StatusCode);
    }

    [Fact]
    public async Task Any_other_call_is_left_alone() {
        var before = fixture.Noted("actions").Count;
        using var seen = await _client.Send(HttpMethod.Get, "Users", with: request => Client.Replace(request, "Authorization", Client.Header("stop", "admin-fixture", fixture.Admin)));
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "QuickConnect/Enabled"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _client.Status(HttpMethod.Post, "Users/Password"));

        // The last one was Jellyfin's to refuse.
        Assert.Equal(before, fixture.Noted("actions").Count);
    }

    [Fact]
    public async Task The_wizards_calls_say_whether_it_is_done() {
        using var done = await Change("stop", "admin-fixture", new { Name = "admin", Password = "stolen" }, fixture.Admin, "Startup/User");
        var told = fixture.Noted("actions").First();
        Assert.Equal((HttpStatusCode.Forbidden, true), (done.StatusCode, (bool)told["wizardDone"]!));
        Assert.Equal("{}", told["arguments"]!.ToJsonString());

        // The template came through its own wizard without the plugin; this one has not come through.
        await using var fresh = await Server.Start(new Setup { Wizard = false });
        await fresh.Client.Send(HttpMethod.Get, "Startup/User");
        using var first = await fresh.Client.Send(HttpMethod.Post, "Startup/User", new { Name = "owner", Password = "owner-pw" });
        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        // Nobody was signed in.
        var noted = JsonNode.Parse(File.ReadAllLines(Path.Combine(fresh.Data, "actions"))[^1])!;
        Assert.Equal(("Startup.UpdateStartupUser", false), ((string?)noted["action"], (bool)noted["wizardDone"]!));
        Assert.Null(noted["caller"]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task A_quick_connect_code_is_told_with_who_shows_it(string method) {
        using var begun = await _client.Send(new HttpMethod(method), "QuickConnect/Initiate", with: request => Client.Replace(request, "Authorization", Client.Header("Living room %3Cb%3E", $"shows-{method}")));
        if (method == "GET" && begun.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed) {
            return; // 12 has no such spelling.
        }

        var shown = await Client.Read(begun);
        var told = fixture.Noted("events").First();
        Assert.Equal(("quickConnectStarted", (string?)shown["Code"]), ((string?)told["event"], (string?)told["code"]));
        Assert.Equal(("Test", "1.0", $"shows-{method}", "Living room <b>"), ((string?)told["app"], (string?)told["version"], (string?)told["deviceId"], (string?)told["deviceName"]));
        Assert.Equal("127.0.0.1", (string?)told["remote"]);
        Assert.DoesNotContain((string)shown["Secret"]!, told.ToJsonString());
    }

    [Fact]
    public async Task Without_an_engine_an_administrator_still_gets_through() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");
        await server.Stop();
        File.WriteAllText(Path.Combine(server.Data, "damaged"), string.Empty);
        await server.Run();

        using var made = await server.Client.Send(HttpMethod.Post, "Auth/Keys?app=repair", token: admin);
        Assert.Equal(HttpStatusCode.NoContent, made.StatusCode);
    }

    [Fact]
    public async Task While_the_unlock_file_holds_calls_run_as_logins_do() {
        await using var server = await Server.Start();
        var admin = await server.Client.Token("admin");
        File.Copy(Path.Combine(server.Data, "rescue-id"), Path.Combine(server.Data, "unlock"));
        using var login = await server.Client.Login("admin", id: "the way back in");
        using var made = await server.Client.Send(HttpMethod.Post, "Auth/Keys?app=repair", with: request => Client.Replace(request, "Authorization", Client.Header("stop", "admin-tv", admin)));

        Assert.Equal(HttpStatusCode.NoContent, made.StatusCode);
    }

    /// <summary>A watched call from a device of that name.</summary>
    private Task<HttpResponseMessage> Change(string device, string deviceId, object? body, string? token, string path = "Users/Password") =>
        _client.Send(HttpMethod.Post, path, body, with: request => Client.Replace(request, "Authorization", Client.Header(device, deviceId, token)));
}
