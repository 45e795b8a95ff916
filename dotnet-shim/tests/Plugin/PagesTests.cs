using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Jellyward.Native;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Requests under the engine's paths, and who their caller is said to be.</summary>
public sealed class PagesTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private readonly Client _client = fixture.Client;

    [Fact]
    public async Task A_request_and_its_answer_go_through_unchanged() {
        using var answer = await _client.Send(HttpMethod.Post, "Jellyward/Some%20where/%C3%A9?a=1&b=%2F", new { code = "123" });
        var (request, body) = await Echo(answer);

        Assert.Equal(HttpStatusCode.NonAuthoritativeInformation, answer.StatusCode);
        Assert.Equal("application/x-echo", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(["1", "2"], answer.Headers.GetValues("X-One"));
        Assert.Equal("POST", (string?)request["method"]);
        Assert.Equal("/Jellyward/Some%20where/%C3%A9", (string?)request["path"]);
        Assert.Equal("a=1&b=%2F", (string?)request["query"]);
        Assert.Equal("{\"code\":\"123\"}", body);
        Assert.Equal(("Test", "1.0", "tv-1", "tv"), ((string?)request["client"]!["app"], (string?)request["client"]!["version"], (string?)request["client"]!["deviceId"], (string?)request["client"]!["deviceName"]));
        Assert.Null(request["caller"]);
    }

    /// <summary>The folder, and what the engine has outside of it; in any case.</summary>
    public static TheoryData<string> Owned => [
        "Jellyward", "Jellyward/", "jellyward/login", "my/account",
        .. Lib.Aliases, .. Lib.Aliases.Select(alias => alias.ToUpperInvariant()),
    ];

    [Theory]
    [MemberData(nameof(Owned), DisableDiscoveryEnumeration = true)]
    public async Task Every_path_of_the_engines_reaches_it_with_every_method(string path) {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options, HttpMethod.Patch }) {
            using var answer = await _client.Send(method, path);
            Assert.Equal("/" + path, (string?)(await Echo(answer)).Request["path"]);
        }

        using var head = await _client.Send(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.NonAuthoritativeInformation, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("sso/OID/start")]
    [InlineData("TwoFactorAuth/Other")]
    [InlineData("Jellywardens")]
    public async Task Other_paths_are_not_taken(string path) => Assert.Equal(HttpStatusCode.NotFound, await _client.Status(HttpMethod.Get, path));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_long_is_a_413(bool chunked) {
        foreach (var (length, expected) in new[] { (65536, HttpStatusCode.NonAuthoritativeInformation), (65537, HttpStatusCode.RequestEntityTooLarge), (5_000_000, HttpStatusCode.RequestEntityTooLarge) }) {
            var body = new MemoryStream(new byte[length]);
            using var answer = await _client.Send(HttpMethod.Post, "Jellyward/Echo", with: request => {
                request.Content = new StreamContent(body);
                request.Headers.TransferEncodingChunked = chunked;
                request.Headers.ExpectContinue = true;
            });
            Assert.Equal(expected, answer.StatusCode);

            // Whoever says beforehand that it is too long is not even asked for it.
            if (!chunked && length > 65536) {
                Assert.Equal(0, body.Position);
            }
        }
    }

    /// <summary>More than there are slots and places to wait: a body is read before a slot is taken.</summary>
    [Fact]
    public async Task Bodies_that_never_end_hold_up_nobody_else() {
        var slow = new List<TcpClient>();
        var head = Encoding.ASCII.GetBytes($"POST {_client.Address.AbsolutePath}Jellyward/Echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
        for (var i = 0; i < 100; i++) {
            var connection = new TcpClient();
            await connection.ConnectAsync(_client.Address.Host, _client.Address.Port);
            await connection.GetStream().WriteAsync(head);
            slow.Add(connection);
        }

        // The server asks for a body when it begins to wait for it.
        var asked = "HTTP/1.1 100 Continue\r\n\r\n";
        foreach (var stream in slow.Select(connection => connection.GetStream())) {
            var answer = new byte[asked.Length];
            await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(asked, Encoding.ASCII.GetString(answer));
            await stream.WriteAsync("{"u8.ToArray());
        }

        using var page = await _client.Send(HttpMethod.Post, "Jellyward/Echo", new { code = "123" });
        Assert.Equal(HttpStatusCode.NonAuthoritativeInformation, page.StatusCode);
        await _client.Token("bob", id: "beside-slow-ones");
        Assert.All(slow, connection => Assert.Equal(0, connection.Available));
        slow.ForEach(connection => connection.Dispose());
    }

    [Theory]
    [InlineData("PascalCase", "AccessToken")]
    [InlineData("CamelCase", "accessToken")]
    [InlineData(null, "AccessToken")]
    public async Task A_session_is_jellyfins_own_document_in_the_casing_asked_for(string? profile, string key) {
        var token = await _client.Token("alice", id: $"session-{profile}");
        using var answer = await _client.Send(HttpMethod.Post, "Jellyward/Session", token: token, with: request => {
            request.Headers.TryAddWithoutValidation("Accept", profile is null ? "*/*" : $"application/json; profile=\"{profile}\"");
            Client.Replace(request, "Authorization", Client.Header("tv", $"made-{profile}", token));
        });
        var session = await Client.Read(answer);

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("stand-in=2", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "Users/Me", (string)session[key]!));
    }

    [Fact]
    public async Task A_panic_is_a_500_of_that_one_request() {
        Assert.Equal(HttpStatusCode.InternalServerError, await _client.Status(HttpMethod.Get, "Jellyward/Panic"));
        Assert.Equal(HttpStatusCode.NonAuthoritativeInformation, await _client.Status(HttpMethod.Get, "Jellyward/Echo"));
    }

    [Fact]
    public async Task The_caller_is_whom_jellyfin_resolves_from_a_header() {
        var token = await _client.Token("bob", id: "caller");
        var bob = Guid.Parse(await _client.UserId(fixture.Admin, "bob")).ToString("N");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(token)));

        using var user = await _client.Send(HttpMethod.Get, "Jellyward/Echo", token: token);
        var caller = (await Echo(user)).Request["caller"]!;
        Assert.Equal((bob, false, false, hash), ((string?)caller["userId"], (bool)caller["administrator"]!, (bool)caller["apiKey"]!, (string?)caller["tokenHash"]));

        using var admin = await _client.Send(HttpMethod.Get, "Jellyward/Echo", token: fixture.Admin);
        Assert.True((bool)(await Echo(admin)).Request["caller"]!["administrator"]!);
    }

    [Fact]
    public async Task An_api_key_is_no_person() {
        using var made = await _client.Send(HttpMethod.Post, "Auth/Keys?app=test", token: fixture.Admin);
        var keys = await _client.Json(HttpMethod.Get, "Auth/Keys", token: fixture.Admin);
        using var answer = await _client.Send(HttpMethod.Get, "Jellyward/Echo", token: (string)keys["Items"]!.AsArray().Last()!["AccessToken"]!);
        var caller = (await Echo(answer)).Request["caller"]!;

        Assert.Null(caller["userId"]);
        Assert.True((bool)caller["apiKey"]!);
    }

    [Fact]
    public async Task An_invalid_token_or_one_in_the_query_is_nobody() {
        var token = await _client.Token("bob", id: "nobody");
        using var invalid = await _client.Send(HttpMethod.Get, "Jellyward/Echo", token: new string('0', 32));
        Assert.Null((await Echo(invalid)).Request["caller"]);
        foreach (var name in new[] { "ApiKey", "api_key" }) {
            using var query = await _client.Send(HttpMethod.Get, $"Jellyward/Echo?{name}={token}");
            Assert.Null((await Echo(query)).Request["caller"]);
        }
    }

    [Fact]
    public async Task A_disabled_user_is_nobody() {
        var made = await _client.Json(HttpMethod.Post, "Users/New", new { Name = "leaver", Password = "leaver-pw" }, fixture.Admin);
        var token = await _client.Token("leaver", id: "leaver");
        await _client.Policy(fixture.Admin, "leaver", policy => policy["IsDisabled"] = true);
        using var answer = await _client.Send(HttpMethod.Get, "Jellyward/Echo", token: token);

        Assert.Null((await Echo(answer)).Request["caller"]);
    }

    [Fact]
    public async Task Whoever_jellyfin_does_not_let_in_now_is_nobody() {
        await _client.Json(HttpMethod.Post, "Users/New", new { Name = "sleeper", Password = "sleeper-pw" }, fixture.Admin);
        var token = await _client.Token("sleeper", id: "sleeper");
        var otherDay = DateTime.Now.AddDays(3).DayOfWeek;
        await _client.Policy(fixture.Admin, "sleeper", policy => policy["AccessSchedules"] = JsonNode.Parse($"[{{\"DayOfWeek\":\"{otherDay}\",\"StartHour\":1,\"EndHour\":2}}]"));
        using var answer = await _client.Send(HttpMethod.Get, "Jellyward/Echo", token: token);

        Assert.Null((await Echo(answer)).Request["caller"]);
    }

    [Fact]
    public async Task The_plugins_own_status_is_for_administrators() {
        Assert.Equal(HttpStatusCode.Unauthorized, await _client.Status(HttpMethod.Get, "JellywardShim/Status"));
        Assert.Equal(HttpStatusCode.Forbidden, await _client.Status(HttpMethod.Get, "JellywardShim/Status", await _client.Token("bob", id: "status")));
        using var answer = await _client.Send(HttpMethod.Get, "JellywardShim/Status", with: request => request.Headers.Authorization = new AuthenticationHeaderValue("MediaBrowser", $"Token=\"{fixture.Admin}\""));
        var status = await Client.Read(answer);

        Assert.True((bool)status["open"]!);
        Assert.Empty(status["banners"]!.AsArray());
    }

    [Fact]
    public async Task The_dashboard_page_is_served_to_anybody_and_holds_nothing() {
        using var page = await _client.Send(HttpMethod.Get, "web/ConfigurationPage?name=Jellyward", with: request => Client.Replace(request, "Authorization", null));
        using var script = await _client.Send(HttpMethod.Get, "web/ConfigurationPage?name=JellywardController", with: request => Client.Replace(request, "Authorization", null));

        Assert.Contains("data-controller=\"__plugin/JellywardController\"", await Client.Text(page));
        Assert.Contains("class=\"page type-interior pluginConfigurationPage\"", await Client.Text(page));
        Assert.Contains("export default function", await Client.Text(script));
    }

    private static async Task<(JsonNode Request, string Body)> Echo(HttpResponseMessage answer) {
        var text = await Client.Text(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.NonAuthoritativeInformation, $"{(int)answer.StatusCode} {text}");
        var lines = text.Split('\n', 2);
        return (JsonNode.Parse(lines[0])!, lines[1]);
    }
}
