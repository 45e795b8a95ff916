using System.Net;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>Beside another plugin that wraps sessions, signs in by itself and answers under /TwoFactorAuth/.</summary>
public sealed class NeighbourTests : IAsyncLifetime {
    private Server _server = null!;
    private string _admin = null!;

    public async Task InitializeAsync() {
        _server = await Server.Start(new Setup { Library = Places.Library, Neighbour = true });
        _admin = await _server.Client.Token("admin");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_gate_holds_behind_another_wrapper() {
        var account = await Account.Make(_server.Client, _admin, "wrapped", true);
        var (session, _) = await account.SignIn();

        Assert.Equal(HttpStatusCode.OK, await _server.Client.Status(HttpMethod.Get, "Users/Me", (string)session["AccessToken"]!));
    }

    [Fact]
    public async Task Its_sign_in_makes_no_session_for_a_protected_account() {
        await Account.Make(_server.Client, _admin, "single", true);
        foreach (var byId in new[] { true, false }) {
            using var refused = await _server.Client.Send(HttpMethod.Post, $"Neighbour/SignIn?name=single&byId={byId}");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            using var allowed = await _server.Client.Send(HttpMethod.Post, $"Neighbour/SignIn?name=bob&byId={byId}");
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        }

        Assert.DoesNotContain("neighbour", await _server.Client.Devices(_admin, "single"));
        await _server.Logged("a sign-in without second factor was refused");
    }

    [Fact]
    public async Task What_only_administrators_change_by_it_asks_for_a_proof() {
        Task<HttpResponseMessage> Ask(HttpMethod method, string token) {
            var request = new HttpRequestMessage(method, new Uri(_server.Client.Address, "Neighbour/Provider"));
            request.Headers.TryAddWithoutValidation("Authorization", Client.Header(token: token));
            return new HttpClient().SendAsync(request);
        }

        using var stopped = await Ask(HttpMethod.Post, _admin);
        Assert.Equal(HttpStatusCode.Forbidden, stopped.StatusCode);
        Assert.Contains("step_up", await Client.Text(stopped));
        using var read = await Ask(HttpMethod.Get, _admin);
        Assert.Contains("the provider", await Client.Text(read));
        // With the proof it runs; whoever is no administrator never came so far.
        using var ran = await _server.Client.Send(HttpMethod.Post, "Neighbour/Provider", token: _admin);
        Assert.Contains("set", await Client.Text(ran));
        using var forbidden = await Ask(HttpMethod.Post, await _server.Client.Token("bob"));
        Assert.Equal((HttpStatusCode.Forbidden, false), (forbidden.StatusCode, (await Client.Text(forbidden)).Contains("step_up", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Its_pages_stay_and_the_dashboard_warns() {
        using var theirs = await _server.Client.Send(HttpMethod.Get, "TwoFactorAuth/Setup");
        Assert.Contains("neighbour", await Client.Text(theirs));
        Assert.Equal(HttpStatusCode.NotFound, await _server.Client.Status(HttpMethod.Get, "TwoFactorAuth/Login"));
        using var another = await _server.Client.Send(HttpMethod.Get, "my/account");
        Assert.Contains("neighbour", await Client.Text(another));
        Assert.Equal(HttpStatusCode.OK, await _server.Client.Status(HttpMethod.Get, "sso/2fa"));
        Assert.Equal(HttpStatusCode.OK, await _server.Client.Status(HttpMethod.Get, "Jellyward/Login"));

        var status = await _server.Client.Json(HttpMethod.Get, "JellywardShim/Status", token: _admin);
        Assert.Contains("Another second-factor plugin", status["banners"]!.ToJsonString());
    }
}
