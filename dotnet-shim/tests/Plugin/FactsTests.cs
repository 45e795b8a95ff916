using System.Net;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>What the engine is told of a login, a user and a caller, and what the host calls do.</summary>
public sealed class FactsTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private readonly Client _client = fixture.Client;

    [Fact]
    public async Task A_login_tells_name_client_and_origin() {
        using var answer = await _client.Login("Alice ", "x", id: "told", with: request => request.Headers.TryAddWithoutValidation("Cookie", "jw=1; other=2"));
        var attempt = fixture.Attempt("told");

        Assert.Equal("password", (string?)attempt["door"]);
        Assert.Equal("Alice ", (string?)attempt["name"]);
        Assert.Equal(("Test", "1.0", "tv"), ((string?)attempt["app"], (string?)attempt["version"], (string?)attempt["deviceName"]));
        Assert.Equal("127.0.0.1", (string?)attempt["origin"]!["remote"]);
        Assert.Equal("http", (string?)attempt["origin"]!["scheme"]);
        Assert.False((bool)attempt["origin"]!["proxiesListed"]!);
        Assert.Contains(attempt["origin"]!["headers"]!.AsArray(), header => (string)header![0]! == "Cookie" && (string)header[1]! == "jw=1; other=2");
        Assert.Null(attempt["caller"]);
        Assert.DoesNotContain("alice-pw", attempt.ToJsonString());
    }

    [Theory]
    [InlineData("Test%20Client", "Test Client")]
    [InlineData("Test Client", "Test Client")]
    public async Task A_device_name_comes_decoded_as_jellyfin_decodes_it(string sent, string told) {
        using var answer = await _client.Login("alice", device: sent, id: "decoded");

        Assert.Equal(told, (string?)fixture.Attempt("decoded")["deviceName"]);
    }

    [Fact]
    public async Task Jellyfin_folds_names_and_the_id_is_what_counts() {
        using var answer = await _client.Login("keſſ", "kess-pw", device: "facts", id: "folded");
        var kess = Guid.Parse(await _client.UserId(fixture.Admin, "kess"));
        var facts = fixture.Noted("facts")[1];

        Assert.Equal("kess", (string?)facts["name"]);
        Assert.Equal(kess.ToString("N"), (string?)facts["id"]);
        Assert.Equal(kess.ToString("N"), (string?)fixture.Noted("checks").First()["right"]!["id"]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_users_facts_are_told_as_they_are_now() {
        await NewUser("facts");
        using var first = await _client.Login("facts", device: "facts", id: "facts");
        var (before, all) = (fixture.Noted("facts")[1], fixture.Noted("facts")[0].AsArray());

        Assert.False((bool)before["administrator"]!);
        Assert.False((bool)before["disabled"]!);
        Assert.True((bool)before["remoteAllowed"]!);
        Assert.True((bool)before["local"]!);
        Assert.True((bool)before["inSchedule"]!);
        Assert.Matches("^[0-9a-f]{64}$", (string)before["stamp"]!);
        Assert.Equal("Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider", (string?)before["provider"]);
        Assert.Contains(all, user => (string)user!["name"]! == "admin" && (bool)user["administrator"]!);

        // A window of a minute on a day that is not today.
        var otherDay = DateTime.Now.AddDays(3).DayOfWeek.ToString();
        await _client.Policy(fixture.Admin, "facts", policy => {
            policy["EnableRemoteAccess"] = false;
            policy["AccessSchedules"] = JsonNode.Parse($"[{{\"DayOfWeek\":\"{otherDay}\",\"StartHour\":1,\"EndHour\":2}}]");
        });
        using var second = await _client.Login("facts", device: "facts", id: "facts");
        var after = fixture.Noted("facts")[1];

        Assert.False((bool)after["remoteAllowed"]!);
        Assert.False((bool)after["inSchedule"]!);
        Assert.Equal((string)before["stamp"]!, (string)after["stamp"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.Equal("\"denied\"", fixture.Noted("checks").First().ToJsonString());
    }

    [Fact]
    public async Task The_stamp_changes_with_the_password() {
        var id = await NewUser("stamp");
        using var first = await _client.Login("stamp", device: "facts", id: "stamp");
        var before = (string)fixture.Noted("facts")[1]["stamp"]!;
        using var changed = await _client.Send(HttpMethod.Post, $"Users/Password?userId={id}", new { NewPw = "stamp-new" }, fixture.Admin);
        using var second = await _client.Login("stamp", "stamp-new", device: "facts", id: "stamp");

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.NotEqual(before, (string)fixture.Noted("facts")[1]["stamp"]!);
    }

    [Fact]
    public async Task A_name_nobody_has_is_no_user_and_a_wrong_password() {
        using var answer = await _client.Login("nobody", device: "facts", id: "nobody");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("wrong", (string?)fixture.Noted("checks").First());
    }

    [HostTheory]
    [InlineData("alice", "alice-pw")]
    [InlineData("alice", "wrong")]
    [InlineData("nobody at all", "wrong")]
    [InlineData(" ", "wrong")]
    [InlineData("blank", "wrong")]
    public async Task Every_login_costs_exactly_one_hash(string name, string password) {
        if (name == "blank") {
            using var made = await _client.Send(HttpMethod.Post, "Users/New", new { Name = name }, fixture.Admin);
        }

        var before = (int)await _client.Json(HttpMethod.Get, "TestHost/Hashed");
        using var answer = await _client.Login(name, password, id: "cost");

        Assert.Equal(before + 1, (int)await _client.Json(HttpMethod.Get, "TestHost/Hashed"));
    }

    [HostFact]
    public async Task A_user_made_by_a_directory_at_sign_in_is_known_by_the_id_that_came_back() {
        using var answer = await _client.Login("ldap-zoe", "directory-pw", id: "directory");
        var made = Guid.Parse(await _client.UserId(fixture.Admin, "directory.zoe"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(made.ToString("N"), (string?)fixture.Noted("checks").First()["right"]!["id"]);
    }

    [Theory]
    [InlineData("after it was made", "after")]
    [InlineData("dating", "during")]
    public async Task A_session_is_dated_and_has_its_address(string device, string name) {
        await NewUser(name);
        using var answer = await _client.Login(name, device: device, id: name);
        var session = (await Client.Read(answer))["SessionInfo"]!;
        var user = await Dated(name);

        Assert.Equal("127.0.0.1", (string?)session["RemoteEndPoint"]);
        Assert.True(DateTime.UtcNow - ((DateTime)user["LastLoginDate"]!).ToUniversalTime() < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_engine_gets_the_tokens_hash_and_never_the_token() {
        using var answer = await _client.Login("alice", id: "hashed");
        var token = (string)(await Client.Read(answer))["AccessToken"]!;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));

        Assert.Equal(hash, (string?)fixture.Noted("mints").First()["tokenHash"]);
    }

    [Fact]
    public async Task A_session_jellyfin_refuses_is_told_with_its_reason() {
        await NewUser("single");
        await _client.Policy(fixture.Admin, "single", policy => policy["MaxActiveSessions"] = 1);
        await _client.Token("single", id: "single-1");
        using var second = await _client.Login("single", id: "single-2");

        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.Contains("maximum number of sessions", (string?)fixture.Noted("mints").First()["refused"]);
    }

    [HostFact]
    public async Task Dating_the_login_does_not_undo_what_an_administrator_did_meanwhile() {
        await NewUser("meanwhile");
        using var answer = await _client.Login("meanwhile", device: "disabled meanwhile", id: "meanwhile");
        var user = await Dated("meanwhile");

        Assert.True((bool)user["Policy"]!["IsDisabled"]!);
    }

    [Fact]
    public async Task Quick_connect_tells_who_approves_for_whom() {
        var (alice, admin) = (Guid.Parse(await _client.UserId(fixture.Admin, "alice")), Guid.Parse(await _client.UserId(fixture.Admin, "admin")));
        var token = await _client.Token("alice", id: "approver");
        using var own = await Approve(token, "own-tv", null);
        var attempt = fixture.Attempt("own-tv");

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal("direct", (string?)attempt["door"]);
        Assert.Equal("QuickConnect.AuthorizeQuickConnect", (string?)attempt["action"]);
        Assert.Equal(alice.ToString("N"), (string?)attempt["userId"]);
        Assert.Equal(alice.ToString("N"), (string?)attempt["caller"]!["userId"]);
        Assert.Equal("127.0.0.1", (string?)attempt["origin"]!["remote"]);

        using var others = await Approve(fixture.Admin, "others-tv", alice);
        attempt = fixture.Attempt("others-tv");
        Assert.Equal(alice.ToString("N"), (string?)attempt["userId"]);
        Assert.Equal(admin.ToString("N"), (string?)attempt["caller"]!["userId"]);
        Assert.True((bool)attempt["caller"]!["administrator"]!);
    }

    [Fact]
    public async Task A_refused_quick_connect_makes_no_session() {
        var token = await _client.Token("alice", id: "approver 2");
        using var refused = await Approve(token, "refused-tv", null, "refuse");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.DoesNotContain("refused-tv", await _client.Devices(fixture.Admin, "alice"));
    }

    [Fact]
    public async Task What_happens_to_users_is_told() {
        var id = await NewUser("events");
        // Whole, as the dashboard sends it: a real server takes nothing less.
        var user = await _client.Json(HttpMethod.Get, $"Users/{id}", token: fixture.Admin);
        user["Name"] = "events.renamed";
        using var renamed = await _client.Send(HttpMethod.Post, $"Users?userId={id}", user, fixture.Admin);
        Assert.True(renamed.IsSuccessStatusCode, await Client.Text(renamed));
        using var changed = await _client.Send(HttpMethod.Post, $"Users/Password?userId={id}", new { NewPw = "events-new" }, fixture.Admin);
        Assert.Equal(HttpStatusCode.NoContent, await _client.Status(HttpMethod.Delete, $"Users/{id}", fixture.Admin));
        var told = fixture.Noted("events").Where(entry => entry["userId"] is { } user && Guid.Parse((string)user!) == Guid.Parse(id)).Select(entry => (string)entry["event"]!).Distinct();

        Assert.Equal(["userDeleted", "passwordChanged", "userUpdated", "userCreated"], told);
    }

    private async Task<HttpResponseMessage> Approve(string token, string deviceId, Guid? forUser, string device = "tv") {
        using var begun = await _client.Send(HttpMethod.Post, "QuickConnect/Initiate", with: request => Client.Replace(request, "Authorization", Client.Header(device, deviceId)));
        var code = (string)(await Client.Read(begun))["Code"]!;
        return await _client.Send(HttpMethod.Post, $"QuickConnect/Authorize?code={code}" + (forUser is null ? string.Empty : $"&userId={forUser:N}"), token: token);
    }

    /// <summary>The user as soon as the login has its date, which comes a moment after the session.</summary>
    private async Task<JsonNode> Dated(string name) {
        for (var i = 0; i < 1200; i++) {
            var users = await _client.Json(HttpMethod.Get, "Users", token: fixture.Admin);
            var user = users.AsArray().Single(entry => (string)entry!["Name"]! == name)!;
            if (user["LastLoginDate"] is not null) {
                return user;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"the login of {name} was never dated");
    }

    private async Task<string> NewUser(string name) {
        var user = await _client.Json(HttpMethod.Post, "Users/New", new { Name = name, Password = $"{name}-pw" }, fixture.Admin);
        return (string)user["Id"]!;
    }
}
