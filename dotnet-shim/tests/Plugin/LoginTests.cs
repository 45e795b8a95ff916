using System.Net;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>What becomes of the engine's answers to a login, whatever way the login comes.</summary>
public sealed class LoginTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private readonly Client _client = fixture.Client;

    [Fact]
    public async Task An_allowed_login_has_the_very_document_of_a_stock_one() {
        await using var stock = await Server.Start(new Setup { Plugin = false });
        using var theirs = await stock.Client.Login("alice");
        using var ours = await _client.Login("alice", id: "document");

        Assert.Equal(Keys(await Client.Read(theirs)).Except(["User.LastLoginDate"]), Keys(await Client.Read(ours)).Except(["User.LastLoginDate"]));
        Assert.Equal(theirs.Content.Headers.ContentType, ours.Content.Headers.ContentType);
        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "Users/Me", (string)(await Client.Read(ours))["AccessToken"]!));
    }

    [Fact]
    public async Task An_allowed_login_carries_the_engines_headers() {
        using var answer = await _client.Login("alice", id: "headers");

        Assert.Equal("yes", answer.Headers.GetValues("X-Stand-In").Single());
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("stand-in=1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_comes_in_the_casing_that_was_asked_for() {
        using var answer = await _client.Login("alice", id: "camel", with: request => request.Headers.TryAddWithoutValidation("Accept", "application/json; profile=\"CamelCase\""));

        Assert.NotNull((await Client.Read(answer))["accessToken"]);
    }

    [Fact]
    public async Task A_wrong_password_is_the_stock_401_and_one_row_in_the_activity_log() {
        await using var stock = await Server.Start(new Setup { Plugin = false });
        using var theirs = await stock.Client.Login("kess", "wrong");
        using var ours = await _client.Login("kess", "wrong", id: "wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, ours.StatusCode);
        Assert.Equal(await Client.Text(theirs), await Client.Text(ours));
        Assert.Equal(theirs.Content.Headers.ContentType, ours.Content.Headers.ContentType);
        Assert.DoesNotContain("wrong", await _client.Devices(fixture.Admin, "kess"));
        // Written behind the answer. No other test of this class fails as her.
        var rows = 0;
        for (var i = 0; i < 1200 && rows == 0; i++) {
            await Task.Delay(50);
            rows = await _client.Activities(fixture.Admin, "AuthenticationFailed", "kess");
        }

        Assert.Equal(1, rows);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("application/json; profile=\"CamelCase\"")]
    [InlineData("text/xml")]
    public async Task A_challenge_is_a_401_with_the_engines_json_and_leaves_no_trace(string? accept) {
        var rows = await _client.Activities(fixture.Admin, "AuthenticationSucceeded");
        using var answer = await _client.Login("bob", device: "challenge", id: "challenged", with: request => Client.Replace(request, "Accept", accept));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("challenge", (string?)JsonNode.Parse(await Client.Text(answer))!["jellyward"]!["outcome"]);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.DoesNotContain("challenged", await _client.Devices(fixture.Admin, "bob"));
        Assert.Equal(rows, await _client.Activities(fixture.Admin, "AuthenticationSucceeded"));
    }

    [Theory]
    [InlineData("marked", HttpStatusCode.OK)]
    [InlineData("forbid", HttpStatusCode.Forbidden)]
    [InlineData("invalid", HttpStatusCode.BadRequest)]
    [InlineData("no session", HttpStatusCode.Unauthorized)]
    [InlineData("panic", HttpStatusCode.Unauthorized)]
    [InlineData("closed", HttpStatusCode.Unauthorized)]
    public async Task Other_answers_become_their_status_and_never_a_session(string device, HttpStatusCode expected) {
        using var answer = await _client.Login("bob", device: device, id: $"other-{device}");

        Assert.Equal(expected, answer.StatusCode);
        Assert.DoesNotContain("AccessToken", await Client.Text(answer));
        Assert.DoesNotContain($"other-{device}", await _client.Devices(fixture.Admin, "bob"));
    }

    [Fact]
    public async Task A_refusal_keeps_its_headers_beside_the_stock_body() {
        using var answer = await _client.Login("bob", device: "retry");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("30", answer.Headers.GetValues("Retry-After").Single());
        Assert.Equal("Error processing request.", await Client.Text(answer));
    }

    [Fact]
    public async Task A_panic_refuses_that_one_login_and_stands_in_the_log() {
        using var first = await _client.Login("bob", device: "panic");
        using var second = await _client.Login("bob", id: "after the panic");

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        await fixture.Server.Logged("the engine panicked (status 90)");
    }

    [Theory]
    [InlineData("users/authenticatebyname")]
    [InlineData("USERS/AUTHENTICATEBYNAME")]
    [InlineData("Users/AuthenticateByName?format=json")]
    [InlineData("emby/Users/AuthenticateByName")]
    [InlineData("mediabrowser/users/authenticatebyname")]
    public async Task Every_spelling_of_the_address_meets_the_gate(string path) {
        var id = $"spelling-{path}";
        using var answer = await _client.Login("bob", device: "challenge", id: id, path: path);

        // 12 has no prefixes any more.
        if (answer.StatusCode == HttpStatusCode.NotFound && path.Contains('/') && !path.StartsWith("users", StringComparison.OrdinalIgnoreCase)) {
            return;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("User.AuthenticateUserByName", (string?)fixture.Attempt(id)["action"]);
    }

    [Fact]
    public async Task A_doubled_slash_leads_nowhere() {
        using var answer = await _client.Login("bob", path: "//Users/AuthenticateByName", id: "doubled");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_obsolete_address_meets_the_gate_under_its_own_name() {
        var user = await _client.UserId(fixture.Admin, "bob");
        using var answer = await _client.Send(HttpMethod.Post, $"Users/{user}/Authenticate?pw=bob-pw", with: request => Client.Replace(request, "Authorization", Client.Header("challenge", "obsolete")));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("User.AuthenticateUser", (string?)fixture.Attempt("obsolete")["action"]);
    }

    [Fact]
    public async Task The_older_header_meets_the_gate_or_is_unknown() {
        using var answer = await _client.Login("bob", id: "older", with: request => {
            Client.Replace(request, "Authorization", null);
            Client.Replace(request, "X-Emby-Authorization", Client.Header("challenge", "older"));
        });

        // 12 ignores it, and then the client has no device.
        Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest, answer.StatusCode.ToString());
    }

    [Fact]
    public async Task Without_a_device_it_is_jellyfins_own_400() {
        using var answer = await _client.Send(HttpMethod.Post, "Users/AuthenticateByName", new { Username = "bob", Pw = "bob-pw" }, with: request => Client.Replace(request, "Authorization", null));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Error processing request.", await Client.Text(answer));
    }

    [Fact]
    public async Task What_makes_no_session_passes_through_with_its_own_errors() {
        var token = await _client.Token("bob", id: "passing");

        Assert.Equal(HttpStatusCode.NotFound, await _client.Status(HttpMethod.Post, "Sessions/nobody/System/GoHome", token));
        Assert.Equal(HttpStatusCode.NoContent, await _client.Status(HttpMethod.Post, "Sessions/Logout", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await _client.Status(HttpMethod.Get, "Users/Me", token));
    }

    [Fact]
    public async Task A_storm_is_turned_away_with_a_401_and_holds_up_nothing_else() {
        var storm = Enumerable.Range(0, 100).Select(i => _client.Login("bob", device: "slow", id: $"storm-{i}")).ToList();
        // Eight are being decided and 64 wait for it.
        for (var i = 0; i < 4800 && storm.Count(login => login.IsCompleted) < 28; i++) { await Task.Delay(50); }

        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "System/Info/Public"));
        using var page = await _client.Send(HttpMethod.Get, "Jellyward/Echo");
        Assert.Equal(HttpStatusCode.NonAuthoritativeInformation, page.StatusCode);
        Assert.Equal(28, storm.Count(login => login.IsCompleted));

        await File.WriteAllTextAsync(Path.Combine(fixture.Server.Data, "released"), string.Empty);
        var answers = await Task.WhenAll(storm);
        var turnedAway = answers.Where(answer => answer.StatusCode == HttpStatusCode.Unauthorized).ToList();
        Assert.Equal(28, turnedAway.Count);
        Assert.All(turnedAway, answer => Assert.Equal("5", answer.Headers.GetValues("Retry-After").Single()));
        Assert.All(answers.Except(turnedAway), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private static IEnumerable<string> Keys(JsonNode node, string prefix = "") => node is not JsonObject fields ? [] :
        fields.OrderBy(field => field.Key, StringComparer.Ordinal).SelectMany(field => Keys(field.Value ?? new JsonObject(), $"{prefix}{field.Key}.").Prepend(prefix + field.Key));
}
