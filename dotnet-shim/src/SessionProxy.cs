namespace Jellyfin.Plugin.Jellyward;

/// <summary>Jellyfin's session manager with the gate in front of the two members that make a session. Whatever else would
/// answer with a session is refused: a member added later must not be a way around.</summary>
public class SessionProxy : DispatchProxy {
    private ISessionManager _inner = null!;
    private Ward _ward = null!;

    internal static ISessionManager Wrap(ISessionManager inner, Ward ward) {
        // Jellyfin loads plugins into a collectible context; the proxy's type has to be made in that very context.
        using var context = AssemblyLoadContext.GetLoadContext(typeof(SessionProxy).Assembly)?.EnterContextualReflection();
        var manager = Create<ISessionManager, SessionProxy>();
        var proxy = (SessionProxy)(object)manager;
        (proxy._inner, proxy._ward) = (ward.Sessions = inner, ward);
        return manager;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) {
        if (!MakesSession(targetMethod!.ReturnType)) {
            // Without this flag a 404 of Jellyfin's becomes a 500.
            return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        }
        return (targetMethod.Name, args) switch {
            (nameof(ISessionManager.AuthenticateNewSession), [AuthenticationRequest request]) => Decide("password", request, _inner.AuthenticateNewSession),
            (nameof(ISessionManager.AuthenticateDirect), [AuthenticationRequest request]) => Decide("direct", request, _inner.AuthenticateDirect),
            _ => throw new LoginStoppedException($"{targetMethod.Name} makes a session in a way the gate does not know"),
        };
    }

    private static bool MakesSession(Type type) => type.IsAssignableTo(typeof(AuthenticationResult)) || type.GenericTypeArguments.Any(MakesSession);

    private async Task<AuthenticationResult> Decide(string door, AuthenticationRequest request, Func<AuthenticationRequest, Task<AuthenticationResult>> stock) {
        if (_ward.Asked()) { throw new LoginStoppedException("Only asked whether sign-ins come by here"); }
        var http = _ward.Get<IHttpContextAccessor>().HttpContext;
        var engine = _ward.Engine;
        if (_ward.Unlock.Holds(http) || (engine is null && !_ward.Armed)) { return await stock(request).ConfigureAwait(false); }
        if (engine is null) { throw new LoginStoppedException(Texts.Refusing); }
        var attempt = Document.Of(await Facts.Attempt(_ward, door, request, http).ConfigureAwait(false));
        var password = Encoding.UTF8.GetBytes(door == "password" ? request.Password ?? string.Empty : string.Empty);
        var call = new HostCall();
        var verdict = await _ward.Logins.Run(() => engine.Login(attempt, password, call)).ConfigureAwait(false) ?? Verdict.Busy;
        if (verdict.Session) {
            Document.Add(http?.Response, verdict.Headers);
            return call.Minted ?? throw new LoginStoppedException("The engine allowed a session and had none made");
        }
        if (verdict.Outcome == "invalid") { throw new ArgumentException("The client left out its name, version, device name or device id"); }
        // Nobody waits for it: how long others take to hear of it would tell that there is such a user.
        if (verdict.AnnounceFailure) { _ = Task.Run(() => _ward.Get<IEventManager>().PublishAsync(new AuthenticationRequestEventArgs(request)), CancellationToken.None); }
        throw new LoginStoppedException("Invalid username or password entered.", verdict);
    }
}
