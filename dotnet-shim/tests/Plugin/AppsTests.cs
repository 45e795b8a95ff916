using System.Text;
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
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
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
