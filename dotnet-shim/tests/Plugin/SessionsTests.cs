using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>The sessions Jellyfin keeps, as they are listed to the engine and ended at its word.</summary>
public sealed class SessionsTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private readonly Client _client = fixture.Client;

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    [Fact]
    public async Task Sessions_are_listed_with_device_address_and_dates() {
        var since = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var token = await NewSession("listed", "listed-tv", "Living room");
        var id = Guid.Parse(await _client.UserId(fixture.Admin, "listed"));
        var only = Assert.Single((await Listed($"\"{id:N}\"")).AsArray())!;

        Assert.Equal((Hash(token), id.ToString("N")), ((string?)only["tokenHash"], (string?)only["user"]));
        Assert.Equal(("Test", "1.0", "listed-tv", "Living room"), ((string?)only["app"], (string?)only["version"], (string?)only["deviceId"], (string?)only["deviceName"]));
        Assert.Equal("127.0.0.1", (string?)only["remote"]);
        Assert.InRange((long)only["createdAt"]!, since - 1, since + 60);
        Assert.InRange((long)only["lastSeenAt"]!, since - 1, since + 60);
        Assert.DoesNotContain(token, only.ToJsonString());

        var all = (await Listed("null")).AsArray().Select(session => (string)session!["tokenHash"]!).ToList();
        Assert.Contains(Hash(token), all);
        Assert.Contains(Hash(fixture.Admin), all);
    }

    [Fact]
    public async Task A_session_not_heard_of_since_the_start_has_no_address() {
        await using var server = await Server.Start();
        await server.Client.Token("alice", id: "before");
        await server.Stop();
        await server.Run();
        using var answer = await server.Client.Send(HttpMethod.Post, "Jellyward/Sessions", new { user = (string?)null });
        var kept = (await Client.Read(answer)).AsArray().Single(session => (string)session!["deviceId"]! == "before")!;

        Assert.Null(kept["remote"]);
    }

    [Fact]
    public async Task Sessions_end_by_the_hash_of_their_token_and_no_other_users() {
        var (first, second) = (await NewSession("ending", "ending-1"), await NewSession("ending", "ending-2"));
        var others = await _client.Token("alice", id: "not hers to end");
        var id = Guid.Parse(await _client.UserId(fixture.Admin, "ending"));
        using var ended = await _client.Send(HttpMethod.Post, "Jellyward/End", new { user = id.ToString("N"), tokenHashes = new[] { Hash(first), Hash(others), Hash("nobody's") } });

        Assert.Equal("1", await Client.Text(ended));
        Assert.Equal(HttpStatusCode.Unauthorized, await _client.Status(HttpMethod.Get, "Users/Me", first));
        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "Users/Me", second));
        Assert.Equal(HttpStatusCode.OK, await _client.Status(HttpMethod.Get, "Users/Me", others));
    }

    [Fact]
    public async Task A_token_that_a_request_under_way_puts_back_is_ended_again() {
        var token = await NewSession("restored", "restored", "put back");
        var id = Guid.Parse(await _client.UserId(fixture.Admin, "restored"));
        using var ended = await _client.Send(HttpMethod.Post, "Jellyward/End", new { user = id.ToString("N"), tokenHashes = new[] { Hash(token) } });
        Assert.Equal("1", await Client.Text(ended));

        for (var i = 0; i < 600 && await _client.Status(HttpMethod.Get, "Users/Me", token) != HttpStatusCode.Unauthorized; i++) { await Task.Delay(100); }
        Assert.Equal(HttpStatusCode.Unauthorized, await _client.Status(HttpMethod.Get, "Users/Me", token));
    }

    [Fact]
    public async Task What_an_ended_token_opened_under_another_device_id_ends_with_it() {
        var token = await NewSession("elsewhere", "elsewhere");
        var other = await _client.Token("elsewhere", id: "stays");
        var id = Guid.Parse(await _client.UserId(fixture.Admin, "elsewhere"));
        using var seen = await _client.Send(HttpMethod.Post, "Sessions/Capabilities", null, token, with: request => {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", Client.Header("tv", "told", token));
        });
        Assert.Equal(["elsewhere", "stays", "told"], (await _client.Json(HttpMethod.Get, "Sessions", token: other)).AsArray().Select(device => (string)device!).Order());
        using var ended = await _client.Send(HttpMethod.Post, "Jellyward/End", new { user = id.ToString("N"), tokenHashes = new[] { Hash(token) } });

        Assert.Equal(["stays"], (await _client.Json(HttpMethod.Get, "Sessions", token: other)).AsArray().Select(device => (string)device!));
    }

    [Fact]
    public async Task Somebody_nobody_knows_has_no_sessions() {
        Assert.Equal("[]", (await Listed($"\"{Guid.NewGuid():N}\"")).ToJsonString());
        using var ended = await _client.Send(HttpMethod.Post, "Jellyward/End", new { user = Guid.NewGuid().ToString("N"), tokenHashes = new[] { Hash(fixture.Admin) } });
        Assert.Equal("0", await Client.Text(ended));
        using var nonsense = await _client.Send(HttpMethod.Post, "Jellyward/End", new { user = "nonsense", tokenHashes = Array.Empty<string>() });
        Assert.Equal("\"failed\"", await Client.Text(nonsense));
    }

    private async Task<string> NewSession(string name, string id, string device = "tv") {
        using var made = await _client.Send(HttpMethod.Post, "Users/New", new { Name = name, Password = $"{name}-pw" }, fixture.Admin);
        return await _client.Token(name, device: device, id: id);
    }

    private async Task<JsonNode> Listed(string user) {
        using var answer = await _client.Send(HttpMethod.Post, "Jellyward/Sessions", JsonNode.Parse($"{{\"user\":{user}}}"));
        return await Client.Read(answer);
    }
}
