using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>The whole: engine, plugin and server, over HTTP, as clients and attackers come to it.</summary>
public sealed class GateTests(EngineServer fixture) : IClassFixture<EngineServer> {
    private readonly Client _client = fixture.Client;

    [Fact]
    public async Task Without_a_factor_a_password_is_enough() {
        await fixture.NewAccount("plain", enrolled: false);

        await _client.Token("plain");
    }

    [Fact]
    public async Task With_a_factor_no_session_exists_before_the_code() {
        var account = await fixture.NewAccount("two");
        var started = await _client.Activities(fixture.Admin, "SessionStarted");
        var succeeded = await _client.Activities(fixture.Admin, "AuthenticationSucceeded");
        var challenge = await account.Challenge();

        Assert.DoesNotContain("two-tv", await _client.Devices(fixture.Admin, "two"));
        Assert.Equal(started, await _client.Activities(fixture.Admin, "SessionStarted"));
        Assert.Equal(succeeded, await _client.Activities(fixture.Admin, "AuthenticationSucceeded"));

        using var wrong = await challenge.Verify("totp", account.Authenticator.Wrong());
        Assert.Equal((HttpStatusCode.Unauthorized, "wrong_code"), (wrong.StatusCode, await Code(wrong)));
        Assert.DoesNotContain("two-tv", await _client.Devices(fixture.Admin, "two"));

        using var right = await challenge.Verify("totp", await account.Authenticator.Next());
        var session = await Client.Read(right);
        Assert.Equal("127.0.0.1", (string?)session["SessionInfo"]!["RemoteEndPoint"]);
        Assert.Equal(("Test", "tv"), ((string?)session["SessionInfo"]!["Client"], (string?)session["SessionInfo"]!["DeviceName"]));
        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "Users/Me", (string)session["AccessToken"]!));
        Assert.Contains("two-tv", await _client.Devices(fixture.Admin, "two"));
        Assert.Equal(succeeded + 1, await _client.Activities(fixture.Admin, "AuthenticationSucceeded"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compression_carries_no_token_before_the_code(string encoding) =>
        await NoToken($"packed-{encoding}", request => request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding));

    [Fact]
    public async Task Another_casing_carries_no_token_before_the_code() =>
        await NoToken("casing", request => request.Headers.TryAddWithoutValidation("Accept", "application/json; profile=\"CamelCase\""));

    [Theory]
    [InlineData("emby/Users/AuthenticateByName")]
    [InlineData("mediabrowser/Users/AuthenticateByName")]
    [InlineData("USERS/authenticatebyNAME")]
    [InlineData("//Users/AuthenticateByName")]
    public async Task Another_spelling_carries_no_token_before_the_code(string path) => await NoToken($"path-{path.Length}", null, path);

    [Fact]
    public async Task Under_a_base_url_there_is_no_token_before_the_code() {
        await using var server = await Server.Start(new Setup { Library = Places.Library, BaseUrl = "/jf" });
        var admin = await server.Client.Token("admin");
        var account = await Account.Make(server.Client, admin, "based", true);
        var (session, _) = await account.SignIn();

        Assert.Equal(HttpStatusCode.OK, await server.Client.Status(HttpMethod.Get, "Users/Me", (string)session["AccessToken"]!));
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");
        Assert.Contains("Jellyward/Assets/inject.js", await Client.Text(page));
    }

    [Fact]
    public async Task Our_script_gets_its_challenge_with_200() {
        await fixture.NewAccount("scripted");
        using var answer = await _client.Login("scripted", with: request => request.Headers.TryAddWithoutValidation("X-Jellyward", "1"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("challenge", (string?)JsonNode.Parse(await Client.Text(answer))!["jellyward"]!["outcome"]);
    }

    [Fact]
    public async Task The_long_s_is_no_way_around() {
        var account = new Account(_client, "kess", await _client.UserId(fixture.Admin, "kess"));
        await account.Enrol();
        using var answer = await _client.Login("keſſ", "kess-pw", id: "long-s");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("challenge", await Client.Text(answer));
        Assert.DoesNotContain("long-s", await _client.Devices(fixture.Admin, "kess"));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_look_the_same() {
        await fixture.NewAccount("known");
        using var wrong = await _client.Login("known", "wrong");
        using var unknown = await _client.Login("unknown-name", "wrong");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong.StatusCode, unknown.StatusCode));
        Assert.Equal(await Client.Text(wrong), await Client.Text(unknown));
        Assert.Equal(wrong.Headers.Select(header => header.Key).Order(), unknown.Headers.Select(header => header.Key).Order());
    }

    [Fact]
    public async Task The_code_may_stand_behind_the_password() {
        var account = await fixture.NewAccount("behind");
        using var answer = await _client.Login("behind", $"behind-pw {await account.Authenticator.Next()}", id: "behind-box");
        using var replay = await _client.Login("behind", account.Password + account.RecoveryCodes[0], id: "behind-recovery");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, replay.StatusCode);
    }

    [Fact]
    public async Task A_recovery_code_works_once_even_when_sent_many_times_at_once() {
        var account = await fixture.NewAccount("parallel");
        var challenges = new List<Challenge>();
        for (var i = 0; i < 4; i++) {
            challenges.Add(await account.Challenge($"tv-{i}"));
        }

        var answers = await Task.WhenAll(challenges.Select(challenge => challenge.Verify("recovery", account.RecoveryCodes[0])));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Single(await _client.Devices(fixture.Admin, "parallel"), device => device != "parallel-enrols");
    }

    [Fact]
    public async Task A_code_is_not_taken_twice() {
        var account = await fixture.NewAccount("replay");
        var code = await account.Authenticator.Next();
        using var first = await (await account.Challenge("one")).Verify("totp", code);
        using var second = await (await account.Challenge("other")).Verify("totp", code);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal((HttpStatusCode.Unauthorized, "code_used"), (second.StatusCode, await Code(second)));
    }

    [Fact]
    public async Task A_challenge_is_worth_nothing_on_another_device() {
        var account = await fixture.NewAccount("bound");
        var challenge = await account.Challenge();
        using var moved = await (challenge with { Header = Client.Header("tv", "another-device") }).Verify("totp", await account.Authenticator.Next());

        Assert.Equal(HttpStatusCode.Unauthorized, moved.StatusCode);
        Assert.DoesNotContain("another-device", await _client.Devices(fixture.Admin, "bound"));
    }

    [Fact]
    public async Task Whoever_is_disabled_between_password_and_code_gets_no_session() {
        var account = await fixture.NewAccount("between");
        var challenge = await account.Challenge();
        await _client.Policy(fixture.Admin, "between", policy => policy["IsDisabled"] = true);
        using var answer = await challenge.Verify("totp", await account.Authenticator.Next());

        Assert.Equal((HttpStatusCode.Forbidden, "not_allowed_now"), (answer.StatusCode, await Code(answer)));
        Assert.DoesNotContain("between-tv", await _client.Devices(fixture.Admin, "between"));
    }

    [Fact]
    public async Task A_session_limit_is_told_and_the_code_is_not_lost() {
        var account = await fixture.NewAccount("limited");
        var challenge = await account.Challenge();
        await _client.Policy(fixture.Admin, "limited", policy => policy["MaxActiveSessions"] = 1);
        var code = await account.Authenticator.Next();
        using var refused = await challenge.Verify("totp", code);
        Assert.Equal((HttpStatusCode.Conflict, "session_refused"), (refused.StatusCode, await Code(refused)));

        await _client.Policy(fixture.Admin, "limited", policy => policy["MaxActiveSessions"] = 0);
        using var allowed = await challenge.Verify("totp", code);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task A_changed_password_ends_open_challenges() {
        var account = await fixture.NewAccount("changed");
        var challenge = await account.Challenge();
        using var changed = await _client.Send(HttpMethod.Post, $"Users/Password?userId={account.Id}", new { NewPw = "changed-new" }, fixture.Admin);
        using var answer = await challenge.Verify("totp", await account.Authenticator.Next());

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("challenge_gone", await Code(answer));
    }

    [Fact]
    public async Task After_a_reset_password_the_code_is_still_wanted() {
        var account = await fixture.NewAccount("reset");
        using var reset = await _client.Send(HttpMethod.Post, $"Users/Password?userId={account.Id}", new { ResetPassword = true }, fixture.Admin);
        using var answer = await _client.Login("reset", string.Empty, id: "reset-blank");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("reset-blank", await _client.Devices(fixture.Admin, "reset"));
    }

    [Fact]
    public async Task Quick_connect_needs_a_proven_session_of_the_very_account() {
        var account = await fixture.NewAccount("quick", enrolled: false);
        var old = await _client.Token("quick", id: "quick-old");
        await account.Enrol();
        using var byAdmin = await Approve(fixture.Admin, "quick-by-admin", account.Id);
        using var byOld = await Approve(old, "quick-by-old", null);
        var (session, _) = await account.SignIn();
        using var byProven = await Approve((string)session["AccessToken"]!, "quick-by-proven", null);

        Assert.NotEqual(HttpStatusCode.OK, byAdmin.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, byOld.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byProven.StatusCode);
        Assert.Equal(["quick-by-proven", "quick-enrols", "quick-old", "quick-tv"], (await _client.Devices(fixture.Admin, "quick")).Order());
    }

    [Fact]
    public async Task Quick_connect_for_an_unprotected_account_works_as_ever() {
        var account = await fixture.NewAccount("quick-plain", enrolled: false);
        var token = await _client.Token("quick-plain");
        using var own = await Approve(token, "quick-own", null);
        using var byAdmin = await Approve(fixture.Admin, "quick-admin", account.Id);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (own.StatusCode, byAdmin.StatusCode));
    }

    [Fact]
    public async Task Asking_for_an_approval_opens_no_window_for_passwords() {
        var account = await fixture.NewAccount("window");
        using var asked = await _client.Send(HttpMethod.Post, "QuickConnect/Authorize?code=000000", token: account.Token);
        using var odd = await _client.Send(HttpMethod.Get, "web/QuickConnect/Authorize", token: account.Token);

        await account.Challenge();
    }

    [Fact]
    public async Task The_obsolete_address_makes_no_session_for_a_protected_account() {
        var account = await fixture.NewAccount("obsolete");
        using var answer = await _client.Send(HttpMethod.Post, $"Users/{account.Id}/Authenticate?pw=obsolete-pw");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("AccessToken", await Client.Text(answer));
    }

    [HostTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_plugins_sign_in_makes_no_session_for_a_protected_account(bool byId) {
        var account = await fixture.NewAccount($"other-{byId}".ToLowerInvariant());
        using var answer = await _client.Send(HttpMethod.Post, $"TestHost/OtherPlugin?name={account.Name}&byId={byId}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        await fixture.Server.Logged("a sign-in without second factor was refused");
    }

    [Fact]
    public async Task Without_a_device_there_is_no_challenge_to_be_had() {
        await fixture.NewAccount("deviceless");
        using var answer = await _client.Send(HttpMethod.Post, "Users/AuthenticateByName", new { Username = "deviceless", Pw = "deviceless-pw" }, with: request => Client.Replace(request, "Authorization", null));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("challenge", await Client.Text(answer));
    }

    [Fact]
    public async Task A_known_browsers_cookie_does_not_break_the_login() {
        var account = await fixture.NewAccount("cookied");
        var (_, cookie) = await account.SignIn();
        Assert.NotEmpty(cookie);
        var challenge = await account.Challenge("tv", request => request.Headers.TryAddWithoutValidation("Cookie", cookie));
        using var answer = await challenge.Verify("recovery", account.RecoveryCodes[0]);

        Assert.NotEmpty((string)(await Client.Read(answer))["AccessToken"]!);
    }

    [Fact]
    public async Task A_half_made_factor_changes_nothing() {
        var account = await fixture.NewAccount("half");
        using var unproven = await _client.Send(HttpMethod.Post, "Jellyward/Api/Account/Totp/Start", new { proof = new { method = "password", value = "half-pw" } }, account.Token);
        await account.Challenge();
        using var begun = await _client.Send(HttpMethod.Post, "Jellyward/Api/Account/Totp/Start", new { proof = new { method = "recovery", value = account.RecoveryCodes[0] } }, account.Token);
        var challenge = await account.Challenge("second");
        using var answer = await challenge.Verify("totp", await account.Authenticator.Next());

        Assert.Equal(HttpStatusCode.Unauthorized, unproven.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var other = await fixture.NewAccount("half-begun", enrolled: false);
        await other.EnrolHalf();
        await _client.Token("half-begun", id: "still a password");
    }

    [Fact]
    public async Task An_api_key_neither_reads_nor_changes_factors() {
        using var made = await _client.Send(HttpMethod.Post, "Auth/Keys?app=gate", token: fixture.Admin);
        var keys = await _client.Json(HttpMethod.Get, "Auth/Keys", token: fixture.Admin);
        var key = (string)keys["Items"]!.AsArray().Last()!["AccessToken"]!;
        using var account = await _client.Send(HttpMethod.Get, "Jellyward/Api/Account", token: key);
        using var users = await _client.Send(HttpMethod.Get, "Jellyward/Api/Admin/Users", token: key);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (account.StatusCode, users.StatusCode));
        Assert.Equal("api_key", await Code(account));
    }

    [Fact]
    public async Task The_administrators_calls_are_for_administrators() {
        var token = await _client.Token("alice", id: "plain-user");
        foreach (var (method, path) in new[] { (HttpMethod.Get, "Status"), (HttpMethod.Get, "Settings"), (HttpMethod.Post, "Settings"), (HttpMethod.Get, "Users"), (HttpMethod.Post, "Users/Rule"), (HttpMethod.Post, "Users/RemoveFactor"), (HttpMethod.Post, "Users/Word"), (HttpMethod.Get, "Events") }) {
            using var nobody = await _client.Send(method, $"Jellyward/Api/Admin/{path}", method == HttpMethod.Post ? new { } : null);
            using var user = await _client.Send(method, $"Jellyward/Api/Admin/{path}", method == HttpMethod.Post ? new { } : null, token);
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (nobody.StatusCode, user.StatusCode));
        }

        using var admin = await _client.Send(HttpMethod.Get, "Jellyward/Api/Admin/Status", token: fixture.Admin);
        Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
    }

    [HostFact]
    public async Task Under_the_obsolete_address_an_id_nobody_has_is_a_wrong_password() {
        await fixture.NewAccount("listed", enrolled: false);
        var seen = new List<(HttpStatusCode, string, string, int)>();
        foreach (var id in new[] { await _client.UserId(fixture.Admin, "listed"), Guid.NewGuid().ToString("N") }) {
            var before = await Hashed();
            using var answer = await _client.Send(HttpMethod.Post, $"Users/{id}/Authenticate?pw=wrong", with: request => Client.Replace(request, "Authorization", Client.Header("obsolete", "obsolete")));
            var headers = string.Join(',', answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).Order());
            seen.Add((answer.StatusCode, await Client.Text(answer), headers, await Hashed() - before));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, seen[0].Item1);
        Assert.Equal(seen[0], seen[1]);
    }

    [Theory]
    [InlineData("Challenge/Verify", "{\"challenge\":\"x\",\"method\":\"totp\",\"code\":\"\\ud800\"}")]
    [InlineData("Reset/Ask", "{\"name\":\"\\ud83d\"}")]
    [InlineData("Reset/Ask", "{\"\\udc00\":\"bob\"}")]
    public async Task Half_a_character_is_bad_json(string path, string body) {
        using var answer = await Post(_client, $"Jellyward/Api/{path}", System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>Jellyfin's own reading of bodies comes first, and says of some that it failed: with the plugin it says the same.</summary>
    [Fact]
    public async Task Half_a_character_in_jellyfins_own_calls_is_answered_as_without_the_plugin() {
        await using var stock = await Server.Start(new Setup { Plugin = false });
        byte[][] bodies = [
            "{\"Username\":\"bob\\ud800\",\"Pw\":\"bob-pw\"}"u8.ToArray(), "{\"Username\":\"bob\",\"Pw\":\"bob-pw\\udfff\"}"u8.ToArray(),
            [.. "{\"Username\":\"bob"u8, 0xED, 0xA0, 0x80, .. "\",\"Pw\":\"bob-pw\"}"u8], [.. "{\"Username\":\"bob\",\"Pw\":\"bob-pw"u8, 0xED, 0xA0, 0x80, .. "\"}"u8],
        ];
        foreach (var body in bodies) {
            using var theirs = await Post(stock.Client, "Users/AuthenticateByName", body);
            using var ours = await Post(_client, "Users/AuthenticateByName", body);
            Assert.Equal((theirs.StatusCode, Untraced(await Client.Text(theirs))), (ours.StatusCode, Untraced(await Client.Text(ours))));
            Assert.DoesNotContain("AccessToken", await Client.Text(ours));
        }
    }

    /// <summary>Each answer of a real server has a number of its own.</summary>
    private static string Untraced(string answer) => System.Text.RegularExpressions.Regex.Replace(answer, "\"traceId\":\"[^\"]*\"", string.Empty);

    private static Task<HttpResponseMessage> Post(Client client, string path, byte[] body) =>
        client.Send(HttpMethod.Post, path, with: request => request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });

    [Fact]
    public async Task A_deleted_users_factors_go_with_the_user() {
        var account = await fixture.NewAccount("leaving");
        Assert.Equal(HttpStatusCode.NoContent, await _client.Status(HttpMethod.Delete, $"Users/{account.Id}", fixture.Admin));
        var users = await _client.Json(HttpMethod.Get, "Jellyward/Api/Admin/Users?search=leaving", token: fixture.Admin);

        Assert.Equal(0, (int)users["total"]!);
        await fixture.NewAccount("leaving", enrolled: false);
        await _client.Token("leaving", id: "born again");
    }

    [Fact]
    public async Task The_pages_are_there() {
        foreach (var path in new[] { "Jellyward/", "Jellyward/Login", "TwoFactorAuth/Setup", "TwoFactorAuth/Login", "sso/2fa", "Jellyward/Assets/inject.js", "Jellyward/Assets/dashboard.js", "Jellyward/Assets/style.css", "Jellyward/Assets/texts.json" }) {
            using var answer = await _client.Send(HttpMethod.Get, path, with: request => request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip")));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
            Assert.NotEmpty(await Client.Text(answer));
        }

        Assert.Equal(HttpStatusCode.NotFound, await _client.Status(HttpMethod.Get, "Jellyward/Nothing"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await _client.Status(HttpMethod.Get, "Jellyward/Api/Challenge/Verify"));
        using var page = await _client.Send(HttpMethod.Get, "web/index.html");
        Assert.Contains("Jellyward/Assets/inject.js", await Client.Text(page));
    }

    private async Task NoToken(string name, Action<HttpRequestMessage>? with, string path = "Users/AuthenticateByName") {
        await fixture.NewAccount(name);
        using var answer = await _client.Login(name, id: $"{name}-tried", path: path, with: with);

        Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound, answer.StatusCode.ToString());
        Assert.DoesNotContain("accesstoken", (await Client.Text(answer)).ToLowerInvariant());
        Assert.DoesNotContain($"{name}-tried", await _client.Devices(fixture.Admin, name));
    }

    private async Task<HttpResponseMessage> Approve(string token, string deviceId, string? forUser) {
        using var begun = await _client.Send(HttpMethod.Post, "QuickConnect/Initiate", with: request => Client.Replace(request, "Authorization", Client.Header("tv", deviceId)));
        var code = (string)(await Client.Read(begun))["Code"]!;
        return await _client.Send(HttpMethod.Post, $"QuickConnect/Authorize?code={code}" + (forUser is null ? string.Empty : $"&userId={forUser}"), token: token);
    }

    private static async Task<string?> Code(HttpResponseMessage answer) => (string?)JsonNode.Parse(await Client.Text(answer))!["code"];

    private async Task<int> Hashed() => (int)await _client.Json(HttpMethod.Get, "TestHost/Hashed");
}
