using System.Net;
using System.Text.Json.Nodes;

namespace Jellyward.Plugin.Tests.Support;

/// <summary>An account and, once enrolled, what its owner has at hand.</summary>
internal sealed class Account(Client client, string name, string id) {
    public string Name => name;

    public string Id => id;

    public string Password { get; set; } = $"{name}-pw";

    public Authenticator Authenticator { get; private set; } = null!;

    public List<string> RecoveryCodes { get; private set; } = [];

    /// <summary>A session from before the factor, or from enrolling.</summary>
    public string Token { get; private set; } = string.Empty;

    public static async Task<Account> Make(Client client, string admin, string name, bool enrolled) {
        var made = await client.Json(HttpMethod.Post, "Users/New", new { Name = name, Password = $"{name}-pw" }, admin);
        var account = new Account(client, name, (string)made["Id"]!);
        if (enrolled) {
            await account.Enrol();
        }

        return account;
    }

    /// <summary>Signs in, proves the password and confirms the first code.</summary>
    public async Task Enrol() {
        Token = await client.Token(name, Password, id: $"{name}-enrols");
        var begun = await Start();
        Authenticator = new Authenticator((string)begun["secret"]!);
        var confirmed = await client.Json(HttpMethod.Post, "Jellyward/Api/Account/Totp/Confirm", new { enrolment = (string)begun["enrolment"]!, code = await Authenticator.Next(), name = "phone" }, Token);
        RecoveryCodes = confirmed["recoveryCodes"]!.AsArray().Select(code => (string)code!).ToList();
        Assert.Equal(10, RecoveryCodes.Count);
    }

    /// <summary>Begins, and never comes back with a code.</summary>
    public async Task EnrolHalf() {
        Token = await client.Token(name, Password, id: $"{name}-enrols");
        await Start();
    }

    public Task<JsonNode> Start() => client.Json(HttpMethod.Post, "Jellyward/Api/Account/Totp/Start", new { proof = new { method = "password", value = Password } }, Token);

    /// <summary>Signs in with the password alone, and gets a challenge.</summary>
    public async Task<Challenge> Challenge(string device = "tv", Action<HttpRequestMessage>? with = null) {
        using var answer = await client.Login(name, Password, device, $"{name}-{device}", with: with);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var body = JsonNode.Parse(await Client.Text(answer))!["jellyward"]!;
        Assert.Equal("challenge", (string?)body["outcome"]);
        return new Challenge(client, (string)body["challenge"]!, Client.Header(device, $"{name}-{device}"));
    }

    /// <summary>Password and code: a session, and the cookie of the known browser.</summary>
    public async Task<(JsonNode Session, string Cookie)> SignIn(string device = "tv") {
        var challenge = await Challenge(device);
        using var answer = await challenge.Verify("totp", await Authenticator.Next());
        var cookies = answer.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join("; ", set.Select(cookie => cookie.Split(';')[0])) : string.Empty;
        return (await Client.Read(answer), cookies);
    }
}

/// <summary>A challenge, and the header of the client it was given to.</summary>
internal sealed record Challenge(Client Client, string Token, string Header) {
    public Task<HttpResponseMessage> Verify(string method, string code) => Post("Verify", new { challenge = Token, method, code });

    public Task<HttpResponseMessage> Post(string call, object body, Action<HttpRequestMessage>? with = null) => Client.Send(HttpMethod.Post, $"Jellyward/Api/Challenge/{call}", body, with: request => {
        Client.Replace(request, "Authorization", Header);
        with?.Invoke(request);
    });
}
