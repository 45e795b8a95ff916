using System.Net;
using System.Security.Cryptography;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>The plugin's own folder goes with every update: nothing may ever be kept there.</summary>
public sealed class FolderTests {
    [Fact]
    public async Task Nothing_is_written_under_the_plugins_folder() {
        await using var server = await Server.Make(new Setup { Library = Places.Library });
        var unpacked = Files(server);
        await server.Run();
        var admin = await server.Client.Token("admin");
        var account = await Account.Make(server.Client, admin, "folder", true);
        await account.SignIn();
        using var wrong = await server.Client.Login("alice", "wrong");
        using var page = await server.Client.Send(HttpMethod.Get, "web/index.html");
        using var settings = await server.Client.Send(HttpMethod.Get, "Jellyward/Api/Admin/Settings", token: admin);
        Assert.Equal(HttpStatusCode.OK, settings.StatusCode);
        await server.Restart(admin);
        await account.SignIn();
        await server.Stop();

        Assert.Equal(unpacked, Files(server));
        Assert.NotEmpty(Directory.GetFiles(server.Data));
    }

    /// <summary>Every file with its content, but for meta.json, which is Jellyfin's to write.</summary>
    private static Dictionary<string, string> Files(Server server) =>
        Directory.GetFiles(server.PluginFolder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "meta.json")
            .ToDictionary(file => file, file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
}
