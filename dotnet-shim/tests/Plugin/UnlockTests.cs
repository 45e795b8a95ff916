using System.Net;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Break glass: cp rescue-id unlock.</summary>
public sealed class UnlockTests(RefusingServer fixture) : IClassFixture<RefusingServer> {
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task The_unlock_file_gives_stock_logins_without_the_library() {
        await using var server = await RefusingServer.Start();
        Place(server);
        using var wrong = await server.Client.Login("alice", "wrong");
        var admin = await server.Client.Token("admin");
        using var answer = await server.Client.Send(HttpMethod.Get, "JellywardShim/Status", token: admin);

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Contains("The unlock file was used", (await Client.Read(answer))["banners"]!.ToJsonString());
        await server.Logged("The unlock file was used");

        // Used once, moved away, and still in force for everybody.
        Assert.False(File.Exists(Path.Combine(server.Data, "unlock")));
        Assert.Single(Directory.GetFiles(server.Data, "unlock.used-*"));
        await server.Client.Token("alice");

        // The window ends with the process.
        await server.Stop();
        await server.Run();
        using var later = await server.Client.Login("alice");
        Assert.Equal(HttpStatusCode.Unauthorized, later.StatusCode);
    }

    [Fact]
    public async Task The_unlock_file_goes_before_a_working_engine() {
        await using var server = await Server.Start();
        using var challenged = await server.Client.Login("alice", device: "challenge");
        Place(server);
        using var stock = await server.Client.Login("alice", device: "challenge");

        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, stock.StatusCode);
        Assert.False(stock.Headers.Contains("X-Stand-In"));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("another value")]
    [InlineData("the value's beginning")]
    [InlineData("others may write")]
    [InlineData("group may write")]
    [InlineData("a link")]
    [InlineData("a folder")]
    [InlineData("a pipe")]
    [InlineData("rescue id open to all")]
    [InlineData("no rescue id")]
    [InlineData("both empty")]
    [InlineData("too long")]
    public async Task Anything_else_of_that_name_opens_nothing(string what) {
        var server = fixture.Server;
        var (unlock, rescue) = (Path.Combine(server.Data, "unlock"), Path.Combine(server.Data, "rescue-id"));
        var value = await File.ReadAllTextAsync(rescue);
        switch (what) {
            case "a link":
                File.CreateSymbolicLink(unlock, rescue);
                break;
            case "a folder":
                Directory.CreateDirectory(unlock);
                break;
            case "a pipe":
                Places.Run("mkfifo", [unlock]);
                break;
            default:
                Place(server, what switch { "empty" or "both empty" => string.Empty, "another value" => value.Trim() + "x", "the value's beginning" => value[..8], "too long" => value.Trim() + new string('\n', 4096), _ => value });
                break;
        }

        switch (what) {
            case "others may write":
                File.SetUnixFileMode(unlock, Own | UnixFileMode.OtherWrite);
                break;
            case "group may write":
                File.SetUnixFileMode(unlock, Own | UnixFileMode.GroupWrite);
                break;
            case "rescue id open to all":
                File.SetUnixFileMode(rescue, Own | UnixFileMode.OtherRead);
                break;
            case "no rescue id":
                File.Delete(rescue);
                break;
            case "both empty":
                await File.WriteAllTextAsync(rescue, string.Empty);
                break;
        }

        using var login = await server.Client.Login("alice");
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        Assert.Empty(Directory.GetFiles(server.Data, "unlock.used-*"));

        Places.Run("rm", ["-rf", unlock]);
        await File.WriteAllTextAsync(rescue, value);
        File.SetUnixFileMode(rescue, Own);
    }

    /// <summary>cp rescue-id unlock</summary>
    private static void Place(Server server, string? content = null) {
        var unlock = Path.Combine(server.Data, "unlock");
        File.WriteAllText(unlock, content ?? File.ReadAllText(Path.Combine(server.Data, "rescue-id")));
        File.SetUnixFileMode(unlock, Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }
}

/// <summary>A server that has run once with a library, is armed, and has lost the library.</summary>
public sealed class RefusingServer : IAsyncLifetime {
    internal Server Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await Start();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    internal static async Task<Server> Start() {
        var server = await Server.Start(new Setup { Configuration = Setup.Armed(true) });
        await server.Stop();
        File.Delete(Directory.GetFiles(server.PluginFolder, "jellyward.bin", SearchOption.AllDirectories).Single());
        await server.Run();
        using var refused = await server.Client.Login("alice");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        return server;
    }
}
