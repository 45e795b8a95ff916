using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>The library of this repository through restarts, updates, damage and attacks; each on a server of its own.</summary>
public sealed class EngineTests {
    [Fact]
    public async Task Protection_outlives_restarts_from_the_dashboard_and_of_the_process() {
        await using var server = await Start();
        var (admin, account) = await Protected(server);
        for (var i = 0; i < 2; i++) {
            await server.Restart(admin);
            await account.Challenge($"restart-{i}");
        }

        var challenge = await account.Challenge("across");
        await server.Restart(admin);
        using var across = await challenge.Verify("totp", await account.Authenticator.Next());
        Assert.Equal(HttpStatusCode.OK, across.StatusCode);

        await server.Stop();
        await server.Run();
        await account.Challenge("process");
        using var recovered = await (await account.Challenge("recovered")).Verify("recovery", account.RecoveryCodes[0]);
        Assert.Equal(HttpStatusCode.OK, recovered.StatusCode);
    }

    [Fact]
    public async Task A_new_version_beside_the_old_one_opens_the_same_store() {
        await using var server = await Start();
        var (admin, account) = await Protected(server);
        server.Install(Path.Combine(server.Folder, "plugins", "Jellyward_0.2.0.0"), "0.2.0.0");
        await server.Restart(admin);

        await account.Challenge("new-version");
        using var right = await (await account.Challenge("new-version")).Verify("totp", await account.Authenticator.Next());
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Theory]
    [InlineData("library")]
    [InlineData("store")]
    [InlineData("damage")]
    [InlineData("key")]
    [InlineData("lock")]
    public async Task Once_somebody_is_protected_whatever_is_missing_refuses_until_the_unlock_file(string missing) {
        await using var server = await Start();
        var (admin, account) = await Protected(server);
        Assert.Contains("<Armed>true</Armed>", await File.ReadAllTextAsync(server.PluginConfiguration));
        await server.Stop();
        using var holder = Break(server, missing);
        await server.Run();
        try {
            foreach (var (name, password) in new[] { ("admin", "admin-pw"), (account.Name, account.Password), (account.Name, $"{account.Password} 123456") }) {
                using var refused = await server.Client.Login(name, password, id: "broken");
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
                Assert.DoesNotContain("challenge", await Client.Text(refused));
            }

            var status = await server.Client.Json(HttpMethod.Get, "JellywardShim/Status", token: admin);
            Assert.False((bool)status["open"]!);
            Assert.NotEmpty((string)status["reason"]!);

            File.Copy(Path.Combine(server.Data, "rescue-id"), Path.Combine(server.Data, "unlock"));
            await server.Client.Token("admin", id: "rescued");
            Assert.Single(Directory.GetFiles(server.Data, "unlock.used-*"));
        } finally {
            holder?.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_store_that_vanishes_before_anybody_is_protected_is_made_anew() {
        await using var server = await Start();
        await server.Stop();
        Break(server, "store");
        await server.Run();

        var (_, account) = await Protected(server);
        await account.Challenge();
    }

    [Fact]
    public async Task A_strangers_wrong_tries_do_not_keep_the_owner_out() {
        // One proxy in front of everybody; it says who comes.
        await using var server = await Server.Start(new Setup { Library = Places.Library, KnownProxies = ["127.0.0.1"] });
        var (_, account) = await Protected(server);
        var (_, cookie) = await account.SignIn("browser");
        for (var i = 0; i < 30; i++) {
            using var junk = await server.Client.Login(account.Name, $"junk-{i}", id: $"stranger-{i}", with: request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"203.0.113.{i % 3}"));
            Assert.Equal(HttpStatusCode.Unauthorized, junk.StatusCode);
        }

        using var stranger = await server.Client.Login(account.Name, account.Password, id: "stranger", with: request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.0"));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.NotNull(stranger.Headers.RetryAfter);

        var challenge = await account.Challenge("browser", request => {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "198.51.100.7");
        });
        using var owner = await challenge.Post("Verify", new { challenge = challenge.Token, method = "recovery", code = account.RecoveryCodes[0] }, request => {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "198.51.100.7");
        });
        Assert.Equal("198.51.100.7", (string?)(await Client.Read(owner))["SessionInfo"]!["RemoteEndPoint"]);
    }

    [Fact]
    public async Task Required_of_everybody_a_password_alone_ends_in_enrolment_and_never_in_a_session() {
        await using var server = await Start();
        var admin = await server.Client.Token("admin", id: "requires");
        var settings = await server.Client.Json(HttpMethod.Get, "Jellyward/Api/Admin/Settings", token: admin);
        using var changed = await server.Client.Send(HttpMethod.Post, "Jellyward/Api/Admin/Settings", new { revision = (long)settings["revision"]!, values = new Dictionary<string, string> { ["policy.required"] = "everybody" }, proof = Client.Proof("admin") }, admin);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        using var login = await server.Client.Login("bob", id: "must-enrol");
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        var answer = JsonNode.Parse(await Client.Text(login))!["jellyward"]!;
        Assert.Equal("enrol", (string?)answer["outcome"]);
        Assert.DoesNotContain("must-enrol", await server.Client.Devices(admin, "bob"));

        var challenge = new Challenge(server.Client, (string)answer["challenge"]!, Client.Header(id: "must-enrol"));
        using var tooSoon = await challenge.Post("Finish", new { challenge = challenge.Token });
        Assert.NotEqual(HttpStatusCode.OK, tooSoon.StatusCode);
        Assert.Empty(await server.Client.Devices(admin, "bob"));

        using var started = await challenge.Post("Enrol/Start", new { challenge = challenge.Token });
        var begun = await Client.Read(started);
        var authenticator = new Authenticator((string)begun["secret"]!);
        using var confirmed = await challenge.Post("Enrol/Confirm", new { challenge = challenge.Token, enrolment = (string)begun["enrolment"]!, code = await authenticator.Next() });
        Assert.Equal(10, (await Client.Read(confirmed))["recoveryCodes"]!.AsArray().Count);
        using var finished = await challenge.Post("Finish", new { challenge = challenge.Token });
        Assert.Equal(HttpStatusCode.OK, await server.Client.Status(HttpMethod.Get, "Users/Me", (string)(await Client.Read(finished))["AccessToken"]!));
    }

    [Fact]
    public async Task Removing_the_plugin_leaves_protected_accounts_able_to_sign_in() {
        await using var server = await Start();
        var (_, account) = await Protected(server);
        await server.Stop();
        Directory.Delete(server.PluginFolder, true);
        await server.Run();

        await server.Client.Token(account.Name);
    }

    [Fact]
    public async Task Many_codes_at_once_make_at_most_one_session() {
        await using var server = await Start();
        var (admin, account) = await Protected(server);
        var challenge = await account.Challenge("burst");
        var code = await account.Authenticator.Next();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => challenge.Verify("totp", code)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Single(await server.Client.Devices(admin, account.Name), device => device == $"{account.Name}-burst");
    }

    private static Task<Server> Start() => Server.Start(new Setup { Library = Places.Library });

    private static async Task<(string Admin, Account Account)> Protected(Server server) {
        var admin = await server.Client.Token("admin");
        return (admin, await Account.Make(server.Client, admin, "guarded", true));
    }

    /// <returns>Who holds the lock, to be ended.</returns>
    private static Process? Break(Server server, string what) {
        var store = Path.Combine(server.Data, "jellyward.db");
        switch (what) {
            case "library":
                File.Delete(Directory.GetFiles(server.PluginFolder, "jellyward.bin", SearchOption.AllDirectories).Single());
                break;
            case "store":
                foreach (var file in Directory.GetFiles(server.Data, "jellyward.db*")) {
                    File.Delete(file);
                }

                break;
            case "damage":
                File.WriteAllBytes(store, new byte[8192]);
                break;
            case "key":
                File.WriteAllText(Path.Combine(server.Data, "master.key"), "not a key");
                break;
            case "lock":
                var holder = Process.Start("flock", [Path.Combine(server.Data, "owner.lock"), "sleep", "600"]);
                Thread.Sleep(500);
                return holder;
            default:
                throw new ArgumentException(what);
        }

        return null;
    }
}
