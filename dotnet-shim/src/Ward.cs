namespace Jellyfin.Plugin.Jellyward;

/// <summary>Holds the engine between start and stop, and knows why there is none. A restart from the dashboard unloads nothing,
/// so all state hangs on this object: the next start makes a new one.</summary>
internal sealed class Ward : IHostedService, IDisposable {
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Lock _opening = new();
    private IServiceProvider? _services;
    private volatile Engine? _engine;
    private volatile bool _running;
    private bool? _asked;
    private bool _broken;
    private bool? _armed;
    private DateTime _nextTry;

    public Ward() => Unlock = new(this);
    /// <summary>Slots for logins, which wait for password checks.</summary>
    public Slots Logins { get; } = new();
    /// <summary>Slots for pages and API calls: a storm of logins must not take them.</summary>
    public Slots Requests { get; } = new();
    public Unlock Unlock { get; }
    /// <summary>Jellyfin's own session manager, behind the gate.</summary>
    public ISessionManager? Sessions { get; set; }
    /// <summary>Why there is no engine; null while there is one.</summary>
    public string? Trouble { get; private set; }
    /// <summary>Another second-factor plugin answers under /TwoFactorAuth/.</summary>
    public bool TwoGates { get; set; }
    public string Data => Path.Combine(Get<IApplicationPaths>().DataPath, Lib.DataFolder);
    public ILogger Log => Get<ILoggerFactory>().CreateLogger("Jellyward");

    /// <summary>The open engine. One that did not open is tried again, but not at every request.</summary>
    public Engine? Engine {
        get {
            if (_engine is null && _running && !_broken && DateTime.UtcNow >= _nextTry) { Open(); }
            return _engine;
        }
    }

    /// <summary>The engine, to be asked about a call it watches. None: it passes, since whoever mends the server has to get through.</summary>
    public Engine? Watching => Unlock.Until is null ? _engine : null;

    /// <summary>Somebody is protected, as remembered in Jellyfin's configuration of this plugin. Read from the file itself: Jellyfin
    /// replaces an unreadable one by defaults, and unreadable must mean yes.</summary>
    public bool Armed {
        get => _armed ??= ReadArmed(Path.Combine(Get<IApplicationPaths>().PluginConfigurationsPath, $"{GetType().Assembly.GetName().Name}.xml"));
        set {
            var plugin = Plugin.Instance ?? throw new InvalidOperationException("Jellyfin has not made the plugin");
            plugin.Configuration.Armed = value;
            plugin.SaveConfiguration();
            _armed = value;
        }
    }

    /// <summary>Sign-ins do not come by the gate. Then there is no engine either: nobody must come to be protected.</summary>
    public bool Bypassed { get; private set; }

    /// <summary>How people sign in while there is no engine to ask; null while there is one, or logins are unlocked.</summary>
    public string? Standing => Bypassed ? Texts.Bypassed : Engine is not null || Unlock.Until is not null ? null : Armed ? Texts.Refusing : Texts.Unprotected;

    /// <summary>What is wrong, in words for the administrator.</summary>
    public IEnumerable<string> Banners => new[] {
        Standing,
        Unlock.Until is { } until ? $"{Texts.Unlocked} {until:u}." : null,
        Library.Replaced ? Texts.RestartProcess : null,
        TwoGates ? Texts.TwoGates : null,
    }.OfType<string>();

    /// <summary>From the container, at the time of the call: nothing is made early, nothing in a circle.</summary>
    public T Get<T>() where T : notnull => (_services ?? throw new InvalidOperationException("used before the server was built")).GetRequiredService<T>();

    public Ward Attach(IServiceProvider services) { _services = services; return this; }

    /// <summary>What fails in here is the reason why there will be no engine until the plugin is loaded anew.</summary>
    public void Try(Action step) {
        try { step(); } catch (Exception e) {
            Trouble = $"{e.GetType().Name}: {e.Message}";
            _broken = true;
        }
    }

    /// <summary>Opens the engine where it is not open. Never throws.</summary>
    public void Open() {
        lock (_opening) {
            _running = true;
            if (_engine is not null || DateTime.UtcNow < _nextTry) { return; }
            try {
                if (!_broken) {
                    var options = new { data = Data, serverId = Get<IServerApplicationHost>().SystemId, armed = Armed };
                    _engine = Engine.Open(Document.Of(options), new HostCalls(this));
                    Trouble = null;
                }
            } catch (Exception e) {
                Trouble = e.Message;
            }
            _nextTry = DateTime.UtcNow + Patience;
            Banners.ToList().ForEach(banner => Log.LogCritical("{Banner} {Reason}", banner, Trouble));
        }
    }

    /// <summary>Tells the engine what happened. May come while a host call of the engine's own is under way.</summary>
    public Task Tell(object happened) {
        try { Engine?.Event(Document.Of(happened)); } catch (Exception e) {
            Log.LogError(e, "The engine did not take note of {Event}", happened);
        }
        return Task.CompletedTask;
    }

    /// <summary>Closes the engine, so that the store's lock is free for whoever is loaded next.</summary>
    public void Close() {
        lock (_opening) {
            _running = false;
            if (Interlocked.Exchange(ref _engine, null) is { } engine && !engine.TryClose()) {
                // A call is stuck in a slow host. Whoever comes next opens the store as soon as it is out.
                Log.LogWarning("A call is still inside the engine; it is closed when that is over");
                Task.Factory.StartNew(() => SpinWait.SpinUntil(engine.TryClose), TaskCreationOptions.LongRunning);
            }
            Trouble = "closed";
            Logins.Close();
            Requests.Close();
        }
    }

    public void Dispose() => Close();

    /// <summary>Is this sign-in only the gate's own question whether it stands in the way?</summary>
    public bool Asked() => _asked is not null && (_asked = true).Value;

    /// <summary>Opens with the server and closes before it restarts. The throw in here ends the server process: a protected account
    /// must not be had by its password alone.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) {
        Bypassed = !await Reached(sessions => sessions.AuthenticateNewSession).ConfigureAwait(false) || !await Reached(sessions => sessions.AuthenticateDirect).ConfigureAwait(false);
        if (Bypassed) { (_broken, Trouble) = (true, Trouble ?? Texts.Bypassed); }
        await Task.Run(() => { Try(Open); return Tell(new { @event = "serverStarted" }); }, CancellationToken.None).ConfigureAwait(false);
        if (!Bypassed || !Armed) { return; }
        if (!Unlock.Holds(null)) { throw new InvalidOperationException($"{Texts.NoStart} {Path.Combine(Data, Lib.UnlockFile)}"); }
        _ = StopWhenLocked();
    }

    /// <summary>Goes the way of a sign-in, with a request that Jellyfin refuses because it names no client.</summary>
    private async Task<bool> Reached(Func<ISessionManager, Func<AuthenticationRequest, Task>> door) {
        _asked = false;
        try { await door(Get<ISessionManager>())(new()).ConfigureAwait(false); } catch (Exception e) { Log.LogDebug(e, "Nobody was signed in, as was meant to be"); }
        var reached = _asked.Value;
        _asked = null;
        return reached;
    }

    private async Task StopWhenLocked() {
        while (Unlock.Until is { } until) { await Task.Delay(until - DateTime.UtcNow + Patience).ConfigureAwait(false); }
        if (_running) { Get<IHostApplicationLifetime>().StopApplication(); }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Close, CancellationToken.None);

    private bool ReadArmed(string file) {
        try {
            return File.Exists(file) && (bool?)XDocument.Load(file).Root?.Element(nameof(PluginConfiguration.Armed)) != false;
        } catch (Exception e) {
            Log.LogError(e, "{File} cannot be read; taken to say that somebody is protected", file);
            return true;
        }
    }
}

/// <summary>What is said without the engine, and so without its language files.</summary>
internal static class Texts {
    public const string Refusing = "Jellyward cannot start, so nobody can sign in. Who is signed in stays so. The reason stands in Jellyfin's log and on Jellyward's dashboard page.";
    public const string Unprotected = "Jellyward cannot start. Nobody has set up a second factor yet, so everybody signs in with the password alone.";
    public const string Bypassed = "Sign-ins do not pass Jellyward: another plugin may have replaced Jellyfin's session manager. Nobody is asked for a second factor.";
    public const string NoStart = "Accounts are protected, and sign-ins would not pass Jellyward: the server does not start. Remove the plugin that has replaced Jellyfin's session manager, or get in with the unlock file";
    public const string RestartProcess = "Jellyward's files were replaced. Restart the whole server process, not only from the dashboard, to finish the update.";
    public const string TwoGates = "Another second-factor plugin is installed. Two gates get in each other's way: remove one.";
    public const string Unlocked = "The unlock file was used: everybody signs in with the password alone until";
}
