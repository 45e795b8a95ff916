using System.Text.Json.Nodes;

namespace Jellyward.Plugin.Tests.Support;

/// <summary>One server with the stand-in library, shared by the tests of a class; each uses device ids of its own.</summary>
public sealed class StandInServer : IAsyncLifetime {
    internal Server Server { get; private set; } = null!;

    internal Client Client => Server.Client;

    internal string Admin { get; private set; } = null!;

    public async Task InitializeAsync() {
        Server = await Server.Start();
        Admin = await Client.Token("admin", id: "admin-fixture");
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>What the stand-in was told, newest first.</summary>
    internal List<JsonNode> Noted(string file) {
        var path = Path.Combine(Server.Data, file);
        return File.Exists(path) ? File.ReadAllLines(path).Reverse().Select(line => JsonNode.Parse(line)!).ToList() : [];
    }

    /// <summary>The newest attempt of one device.</summary>
    internal JsonNode Attempt(string deviceId) => Noted("attempts").First(attempt => (string)attempt["deviceId"]! == deviceId);
}

/// <summary>One server with the library of this repository, shared by the tests of a class; each makes users of its own.</summary>
public sealed class EngineServer : IAsyncLifetime {
    internal Server Server { get; private set; } = null!;

    internal Client Client => Server.Client;

    internal string Admin { get; private set; } = null!;

    public async Task InitializeAsync() {
        Server = await Server.Start(new Setup { Library = Places.Library });
        Admin = await Client.Token("admin", id: "admin-fixture");
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    internal Task<Account> NewAccount(string name, bool enrolled = true) => Account.Make(Client, Admin, name, enrolled);
}
