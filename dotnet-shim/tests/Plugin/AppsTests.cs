using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Apps as they introduce themselves: the engine learns the right app and device of each.</summary>
public sealed class AppsTests(StandInServer fixture) : IClassFixture<StandInServer> {
    /// <summary>The header, and what it says: app, version, device id, device name.</summary>
    public static TheoryData<string, string, string, string, string> Apps => new() {
        // Percent-encoded in quotes, in an order of their own.
        { "MediaBrowser Client=\"Android%20TV\", Version=\"0.19.4\", DeviceId=\"5f2b8c1e9a7d4036\", Device=\"Chromecast%20HD\"", "Android TV", "0.19.4", "5f2b8c1e9a7d4036", "Chromecast HD" },
        { "MediaBrowser Client=\"Findroid\", Version=\"0.15.5\", DeviceId=\"c3b1a0f4e5d60718\", Device=\"Pixel%208%20%28Pro%29\"", "Findroid", "0.15.5", "c3b1a0f4e5d60718", "Pixel 8 (Pro)" },
        // Without quotes, blanks inside, and a token that is not there yet.
        { "MediaBrowser DeviceId=iPadOS_7D2C, Device=iPad Pro, Client=Swiftfin iPadOS, Version=1.3, Token=", "Swiftfin iPadOS", "1.3", "iPadOS_7D2C", "iPad Pro" },
        { "MediaBrowser Client=Kodi, Device=LibreELEC, DeviceId=0d9b1c7e4f5a4b8e, Version=1.0.8", "Kodi", "1.0.8", "0d9b1c7e4f5a4b8e", "LibreELEC" },
        // Quoted and not encoded.
        { "MediaBrowser Client=\"Jellyfin Roku\", Device=\"Living room (4802X)\", Version=\"2.2.5\", DeviceId=\"X00400ABCDEF\"", "Jellyfin Roku", "2.2.5", "X00400ABCDEF", "Living room (4802X)" },
        // A device id that ends in the sign between name and value.
        { $"MediaBrowser Client=\"Seerr\", Device=\"Seerr\", DeviceId=\"{Seerr}\", Version=\"2.7.3\"", "Seerr", "2.7.3", Seerr, "Seerr" },
    };

    private static string Seerr => Convert.ToBase64String(Encoding.UTF8.GetBytes("BOT_seerr_alice"));

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_is_told_as_it_introduces_itself(string header, string app, string version, string deviceId, string deviceName) {
        // One of them appends this to every address.
        var path = "Users/AuthenticateByName" + (app == "Jellyfin Roku" ? "?format=json" : string.Empty);
        using var answer = await fixture.Client.Login("alice", path: path, with: request => {
            Client.Replace(request, "Authorization", header);
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9");
        });
        var told = fixture.Attempt(deviceId);

        Assert.Equal((app, version, deviceName), ((string?)told["app"], (string?)told["version"], (string?)told["deviceName"]));
        Assert.Equal("User.AuthenticateUserByName", (string?)told["action"]);
        Assert.Equal("127.0.0.1", (string?)told["origin"]!["remote"]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var session = (await Client.Read(answer))["SessionInfo"]!;
        Assert.Equal((app, deviceName), ((string?)session["Client"], (string?)session["DeviceName"]));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_that_shows_a_quick_connect_code_is_told_likewise(string header, string app, string version, string deviceId, string deviceName) {
        using var begun = await fixture.Client.Send(HttpMethod.Post, "QuickConnect/Initiate", with: request => Client.Replace(request, "Authorization", header));
        var told = fixture.Noted("events").First();

        Assert.Equal((string?)(await Client.Read(begun))["Code"], (string?)told["code"]);
        Assert.Equal((app, version, deviceId, deviceName), ((string?)told["app"], (string?)told["version"], (string?)told["deviceId"], (string?)told["deviceName"]));
    }
}

/// <summary>The same apps, and a real engine: every way in that an app has.</summary>
public sealed class AppDoorsTests(EngineServer fixture) : IClassFixture<EngineServer> {
    private static int _people;
    private readonly Client _client = fixture.Client;

    public static TheoryData<string, string, string, string, string> Apps => AppsTests.Apps;

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task By_an_app_password(string header, string app, string version, string deviceId, string deviceName) {
        var account = await NewAccount();
        var made = await Account(account, "AppPasswords/Create", new { name = app });
        await In(account, (string)made["password"]!, header);

        var shown = await Session(account, deviceName);
        Assert.Equal((app, version, "app_password"), ((string?)shown["app"], (string?)shown["version"], (string?)shown["proof"]));
        Assert.Contains(deviceId, await _client.Devices(fixture.Admin, account.Name));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task By_a_code_behind_the_password(string header, string app, string version, string deviceId, string deviceName) {
        var account = await NewAccount();
        await Refused(account, account.Password, header);
        await In(account, $"{account.Password} {account.RecoveryCodes[0]}", header);
        await Refused(account, $"{account.Password} {account.RecoveryCodes[0]}", header);

        var shown = await Session(account, deviceName);
        Assert.Equal((app, version, "full"), ((string?)shown["app"], (string?)shown["version"], (string?)shown["proof"]));
        Assert.Contains(deviceId, await _client.Devices(fixture.Admin, account.Name));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task By_its_owners_approval(string header, string app, string version, string deviceId, string deviceName) {
        var account = await NewAccount();
        await Refused(account, account.Password, header);
        await Account(account, "Tv/Window", new { });
        var devices = await _client.Json(HttpMethod.Get, "Jellyward/Api/Account/Devices", token: account.Token);
        var waiting = Assert.Single(devices["pending"]!.AsArray())!;
        Assert.Equal((app, version, deviceName), ((string?)waiting["app"], (string?)waiting["version"], (string?)waiting["deviceName"]));
        await Account(account, "Devices/Approve", new { id = waiting["id"] });
        await In(account, account.Password, header);
        await Refused(account, account.Password, header);

        Assert.Equal("paired", (string?)(await Session(account, deviceName))["proof"]);
        Assert.Contains(deviceId, await _client.Devices(fixture.Admin, account.Name));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task By_quick_connect(string header, string app, string version, string deviceId, string deviceName) {
        var account = await NewAccount();
        using var begun = await _client.Send(HttpMethod.Post, "QuickConnect/Initiate", with: request => Client.Replace(request, "Authorization", header));
        var shown = await Client.Read(begun);
        var seen = await Account(account, "QuickConnect/Look", new { code = (string)shown["Code"]! });
        Assert.Equal((app, version, deviceName, "127.0.0.1"), ((string?)seen["app"], (string?)seen["version"], (string?)seen["deviceName"], (string?)seen["address"]));
        using var approved = await _client.Send(HttpMethod.Post, $"QuickConnect/Authorize?code={(string)shown["Code"]!}", token: account.Token);
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
        using var fetched = await _client.Send(HttpMethod.Post, "Users/AuthenticateWithQuickConnect", new { Secret = (string)shown["Secret"]! }, with: request => Client.Replace(request, "Authorization", header));
        Assert.Equal(account.Name, (string?)(await Client.Read(fetched))["User"]!["Name"]);

        Assert.Equal("quick_connect", (string?)(await Session(account, deviceName))["proof"]);
        Assert.Contains(deviceId, await _client.Devices(fixture.Admin, account.Name));
    }

    private Task<Account> NewAccount() => fixture.NewAccount($"app-owner-{Interlocked.Increment(ref _people)}");

    private Task<JsonNode> Account(Account account, string call, object body) => _client.Json(HttpMethod.Post, $"Jellyward/Api/Account/{call}", body, account.Token);

    private async Task In(Account account, string password, string header) {
        using var answer = await _client.Login(account.Name, password, with: request => Client.Replace(request, "Authorization", header));
        Assert.Equal(account.Name, (string?)(await Client.Read(answer))["User"]!["Name"]);
    }

    /// <summary>What an app understands: 401.</summary>
    private async Task Refused(Account account, string password, string header) {
        using var answer = await _client.Login(account.Name, password, with: request => Client.Replace(request, "Authorization", header));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    /// <summary>The session of that device, as its owner sees it.</summary>
    private async Task<JsonNode> Session(Account account, string deviceName) {
        var listed = await _client.Json(HttpMethod.Get, "Jellyward/Api/Account/Sessions", token: account.Token);
        var shown = listed["items"]!.AsArray().Single(session => (string)session!["deviceName"]! == deviceName)!;
        Assert.Equal("127.0.0.1", (string?)shown["address"]);
        return shown;
    }
}
