using System.Net;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Jellyfin's dialog for a forgotten password: anybody's calls, put to the engine before they run.</summary>
public sealed class ForgottenTests(StandInServer fixture) : IClassFixture<StandInServer> {
    private const string Start = "Users/ForgotPassword";
    private const string Redeem = "Users/ForgotPassword/Pin";

    private readonly Client _client = fixture.Client;

    [Fact]
    public async Task A_stranger_is_nobody_and_the_name_and_the_pin_are_told() {
        using var started = await Call("instead", Start, new { EnteredUsername = "Kess" });
        var told = fixture.Noted("actions").First();
        Assert.Equal("User.ForgotPassword", (string?)told["action"]);
        Assert.Equal("""{"enteredUsername":"Kess"}""", told["arguments"]!.ToJsonString());
        Assert.Equal("127.0.0.1", (string?)told["origin"]!["remote"]);
        Assert.Null(told["caller"]);

        using var redeemed = await Call("instead", Redeem, new { Pin = "AB-CD", EnteredUsername = "not asked for", Password = "never" });
        told = fixture.Noted("actions").First();
        Assert.Equal("User.ForgotPasswordPin", (string?)told["action"]);
        Assert.Equal("""{"pin":"AB-CD"}""", told["arguments"]!.ToJsonString());
        Assert.Null(told["caller"]);
    }

    [Fact]
    public async Task The_engines_answer_is_given_as_it_is_and_jellyfin_does_nothing() {
        using var started = await Call("instead", Start, new { EnteredUsername = "alice" });

        Assert.Equal((HttpStatusCode.OK, "no-store"), (started.StatusCode, started.Headers.CacheControl!.ToString()));
        Assert.Equal("application/json; charset=utf-8", started.Content.Headers.ContentType!.ToString());
        var answer = JsonNode.Parse(await Client.Text(started))!.AsObject();
        Assert.Equal(["Action", "PinFile", "PinExpirationDate"], answer.Select(property => property.Key));
        Assert.Equal(("PinCode", "Sieh ins Postfach – <b>", "2026-11-22T00:00:00Z"), ((string?)answer["Action"], (string?)answer["PinFile"], (string?)answer["PinExpirationDate"]));
        Assert.False(File.Exists(PinFile("alice")));
    }

    [Fact]
    public async Task Jellyfins_own_reset_works_where_the_engine_lets_it_pass() {
        var id = Guid.Parse((string)(await _client.Json(HttpMethod.Post, "Users/New", new { Name = "forgetful", Password = "forgetful-pw" }, fixture.Admin))["Id"]!);
        using var started = await Call("tv", Start, new { EnteredUsername = "forgetful" });
        var answer = await Client.Read(started);
        Assert.Equal(("PinCode", PinFile("forgetful")), ((string?)answer["Action"], (string?)answer["PinFile"]));
        var pin = (string)JsonNode.Parse(await File.ReadAllTextAsync(PinFile("forgetful")))!["Pin"]!;

        using var wrong = await Call("tv", Redeem, new { Pin = "00-00" });
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        using var redeemed = await Call("tv", Redeem, new { Pin = pin });
        Assert.Equal("""{"Success":true,"UsersReset":["forgetful"]}""", await Client.Text(redeemed));
        Assert.False(File.Exists(PinFile("forgetful")));
        await _client.Token("forgetful", pin, id: "remembers");
        Assert.Contains(fixture.Noted("events"), happened => (string?)happened["event"] == "passwordChanged" && Guid.Parse((string)happened["userId"]!) == id);
    }

    [Theory]
    [InlineData(Start, "{\"EnteredUsername\":null}")]
    [InlineData(Start, "{}")]
    [InlineData(Redeem, "{\"Pin\":null}")]
    [InlineData(Redeem, "{}")]
    public async Task Nothing_typed_is_nothing_told(string path, string body) {
        using var answer = await Call("instead", path, JsonNode.Parse(body)!);

        if (answer.StatusCode == HttpStatusCode.BadRequest) {
            return; // A real server does not ask at all.
        }

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("{}", fixture.Noted("actions").First()["arguments"]!.ToJsonString());
    }

    [Theory]
    [InlineData("panic")]
    [InlineData("shut")]
    public async Task An_engine_that_cannot_answer_stops_it_as_any_other_call(string device) {
        using var stopped = await Call(device, Start, new { EnteredUsername = "bob" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, stopped.StatusCode);
        Assert.Equal("unavailable", (string?)JsonNode.Parse(await Client.Text(stopped))!["code"]);
        Assert.False(File.Exists(PinFile("bob")));
    }

    [Fact]
    public async Task Without_an_engine_jellyfins_own_reset_works() {
        await using var server = await Server.Start(new Setup { Configuration = Setup.Armed(true) });
        await server.Stop();
        await File.WriteAllTextAsync(Path.Combine(server.Data, "damaged"), string.Empty);
        await server.Run();

        using var started = await server.Client.Send(HttpMethod.Post, Start, new { EnteredUsername = "bob" });
        Assert.Equal("PinCode", (string?)(await Client.Read(started))["Action"]);
        Assert.Single(Directory.GetFiles(server.Folder, "passwordreset*"));
    }

    [Fact]
    public async Task A_name_of_a_megabyte_harms_nobody() {
        await using var server = await Server.Start(new Setup { Library = Places.Library });
        using var stopped = await server.Client.Send(HttpMethod.Post, Start, new { EnteredUsername = new string('x', 1 << 20) });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stopped.StatusCode);

        using var started = await server.Client.Send(HttpMethod.Post, Start, new { EnteredUsername = "bob" });
        Assert.Equal(HttpStatusCode.OK, started.StatusCode);
        Assert.DoesNotContain("xxxxxxxx", server.Log);
    }

    [Fact]
    public async Task The_engine_sets_a_password_and_hears_of_it() {
        var id = Guid.Parse((string)(await _client.Json(HttpMethod.Post, "Users/New", new { Name = "reset", Password = "reset-pw" }, fixture.Admin))["Id"]!);
        Assert.Equal("0", await SetPassword(id.ToString("N")));

        await _client.Token("reset", "set by the engine", id: "came back");
        using var old = await _client.Login("reset", id: "with the old one");
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        var happened = fixture.Noted("events").First();
        Assert.Equal(("passwordChanged", id), ((string?)happened["event"], Guid.Parse((string)happened["userId"]!)));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData(null)]
    [InlineData("00000000000000000000000000000001")]
    public async Task A_password_of_nobodys_is_not_set(string? id) => Assert.Equal("60", await SetPassword(id));

    private async Task<string> SetPassword(string? id) {
        using var answer = await _client.Send(HttpMethod.Post, "Jellyward/Password", new { user = id });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await Client.Text(answer);
    }

    /// <summary>Where Jellyfin writes the PIN, named by a hash of the name in capitals.</summary>
    private string PinFile(string name) {
        var hash = new Guid(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.Unicode.GetBytes(name.ToUpperInvariant())));
        return Path.Combine(fixture.Server.Folder, $"passwordreset{hash:N}.json");
    }

    /// <summary>A stranger's call from a device of that name.</summary>
    private Task<HttpResponseMessage> Call(string device, string path, object body) =>
        _client.Send(HttpMethod.Post, path, body, with: request => Client.Replace(request, "Authorization", Client.Header(device, "nobody's")));
}
