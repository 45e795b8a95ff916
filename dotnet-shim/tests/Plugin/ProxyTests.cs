using System.Reflection;
using Jellyfin.Plugin.Jellyward;
using MediaBrowser.Controller.Authentication;

namespace Jellyward.Plugin.Tests;

/// <summary>A session manager of some later server, with ways to a session that nobody knew of.</summary>
public interface ILaterSessionManager {
    Task<AuthenticationResult> AuthenticateByPasskey(string credential);

    ValueTask<AuthenticationResult> AuthenticateAgain();

    AuthenticationResult AuthenticateAtOnce();

    Task<IReadOnlyList<AuthenticationResult>> AuthenticateMany();
}

/// <summary>Whatever answers with a session and is not known to the gate is refused.</summary>
public sealed class ProxyTests {
    private readonly ILaterSessionManager _manager = DispatchProxy.Create<ILaterSessionManager, SessionProxy>();

    [Fact]
    public void A_task() => Refused(() => _manager.AuthenticateByPasskey("x"));

    [Fact]
    public void A_value_task() => Refused(() => _manager.AuthenticateAgain());

    [Fact]
    public void No_task_at_all() => Refused(() => _manager.AuthenticateAtOnce());

    [Fact]
    public void Many_of_them() => Refused(() => _manager.AuthenticateMany());

    private static void Refused(Func<object> call) => Assert.IsType<LoginStoppedException>(Record.Exception(call));
}
