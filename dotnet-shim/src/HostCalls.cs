namespace Jellyfin.Plugin.Jellyward;

/// <summary>What one call into the engine leaves behind. Known to the callbacks by their thread.</summary>
internal sealed class HostCall {
    /// <summary>The call under way on this thread.</summary>
    [ThreadStatic] public static HostCall? Current;
    /// <summary>The session Jellyfin made. Its token never reaches the engine.</summary>
    public AuthenticationResult? Minted { get; set; }
}

/// <summary>The engine's questions, put to Jellyfin. Nothing thrown in here crosses: it becomes a status.</summary>
internal sealed unsafe class HostCalls(Ward ward) {
    private delegate object? Act<T>(HostCalls host, T request, string secret);
    private IUserManager Users => ward.Get<IUserManager>();

    public static Host Table(void* context) => new() {
        size = (nuint)sizeof(Host), ctx = context,
        find_user = &FindUser, list_users = &ListUsers, check_password = &CheckPassword, mint = &MintSession,
        list_sessions = &ListSessions, end_sessions = &EndSessions, set_armed = &SetArmed, log = &WriteLog, set_password = &SetPassword,
    };

    /// <summary>Levels as the engine counts them: 0 information, 1 warning, 2 error.</summary>
    public object? Log(int level, string line) {
        ward.Log.Log(LogLevel.Information + level, "{Line}", line);
        return null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status FindUser(void* context, View query, Reply* reply) =>
        Do<Find>(context, query, default, reply, (host, find, _) => host.Look(find.Query) is { } user ? host.Facts(user, find.Remote) : null);
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status ListUsers(void* context, Reply* reply) =>
        Do<object>(context, default, default, reply, (host, _, _) => host.Users.GetUsers().Select(user => host.Facts(user, null)).ToList());
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status CheckPassword(void* context, View request, View password, Reply* reply) =>
        Do<Check>(context, request, password, reply, (host, check, secret) => host.Try(check, secret));
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status MintSession(void* context, View request, Reply* reply) =>
        Do<Mint>(context, request, default, reply, (host, mint, _) => host.Make(mint));
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status ListSessions(void* context, View request, Reply* reply) =>
        Do<Owner>(context, request, default, reply, (host, owner, _) => host.Sessions(owner));
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status EndSessions(void* context, View request, Reply* reply) =>
        Do<Ending>(context, request, default, reply, (host, ending, _) => host.End(ending));
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status SetArmed(void* context, byte armed) =>
        Do<object>(context, default, default, null, (host, _, _) => host.Arm(armed != 0));
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static void WriteLog(void* context, int level, View line) =>
        Do<object>(context, default, line, null, (host, _, text) => host.Log(level, text));
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])] private static Status SetPassword(void* context, View request, View password) =>
        Do<Owner>(context, request, password, null, (host, owner, secret) => host.Change(owner, secret));

    private static Status Do<T>(void* context, View request, View secret, Reply* reply, Act<T> act) {
        HostCalls? host = null;
        try {
            host = (HostCalls)GCHandle.FromIntPtr((nint)context).Target!;
            var asked = request.ptr is null ? default! : Document.Read<T>(Bytes(request));
            var answer = Document.Of(act(host, asked, Encoding.UTF8.GetString(Bytes(secret))));
            fixed (byte* bytes = answer) {
                return reply is null ? Status.Ok : Lib.jw_reply_write(reply, new View { ptr = bytes, len = (nuint)answer.Length });
            }
        } catch (Exception e) {
            // A logger that fails has nowhere to say so; the status says it.
            try { host?.Log(2, $"Jellyfin could not answer the engine: {e}"); } catch { return Status.Host; }
            return Status.Host;
        }
    }

    private static ReadOnlySpan<byte> Bytes(View view) => new(view.ptr, (int)view.len);

    private object? Arm(bool armed) => ward.Armed = armed;

    /// <summary>Jellyfin tells of it by its event before this is over.</summary>
    private object? Change(Owner owner, string password) { Users.ChangePassword(Guid.Parse(owner.User!), password).GetAwaiter().GetResult(); return null; }

    /// <summary>By Jellyfin's own folding of names; no name is ever compared here.</summary>
    private User? Look(Query query) => query.Id is { } id ? Users.GetUserById(Guid.Parse(id)) : string.IsNullOrWhiteSpace(query.Name) ? null : Users.GetUserByName(query.Name);

    private object Facts(User user, string? remote) => new {
        id = user.Id.ToString("N"), name = user.Username,
        administrator = user.HasPermission(PermissionKind.IsAdministrator),
        disabled = user.HasPermission(PermissionKind.IsDisabled),
        remoteAllowed = user.HasPermission(PermissionKind.EnableRemoteAccess),
        local = remote is not null && ward.Get<INetworkManager>().IsInLocalNetwork(remote),
        inSchedule = user.IsParentalScheduleAllowed(),
        provider = user.AuthenticationProviderId,
        lockout = user.LoginAttemptsBeforeLockout is not null,
        stamp = Jellyward.Facts.Hash($"{user.Password}\n{user.AuthenticationProviderId}"),
    };

    /// <summary>Exactly one check. Where Jellyfin gives up before hashing anything, the hashing is done all the same.</summary>
    private object Try(Check check, string password) {
        try {
            // By the user that comes back: an external provider may just have made the user, under another name.
            if (Users.AuthenticateUser(check.Name, password, check.Remote ?? string.Empty, check.Session).GetAwaiter().GetResult() is { } user) {
                return new { right = Facts(user, check.Remote) };
            }
        } catch (SecurityException) {
            return "denied";
        } catch (Exception e) when (e is AuthenticationException or ArgumentException) {
            ward.Log.LogDebug(e, "Jellyfin refused a password");
        }
        // Looked up only now: a right password need not pay for it.
        if (string.IsNullOrEmpty(Look(new Query(check.Name, null))?.Password)) { ward.Get<ICryptoProvider>().CreatePasswordHash(password); }
        return "wrong";
    }

    private object Make(Mint mint) {
        var call = HostCall.Current ?? throw new InvalidOperationException("a session outside of a login");
        var request = new AuthenticationRequest {
            UserId = Guid.Parse(mint.User), App = mint.App, AppVersion = mint.Version,
            DeviceId = mint.DeviceId, DeviceName = mint.DeviceName, RemoteEndPoint = mint.Remote!,
        };
        try { call.Minted = ward.Sessions!.AuthenticateDirect(request).GetAwaiter().GetResult(); } catch (SecurityException e) { return new { refused = e.Message }; }
        if (!mint.Dated) { Task.Run(() => Date(request.UserId)); } // a tenth of a whole login; nobody has to wait for it
        return new { tokenHash = Jellyward.Facts.Hash(call.Minted.AccessToken) };
    }

    /// <summary>Jellyfin dates only logins of its own. Read and written back to back: writing saves the whole user.</summary>
    private void Date(Guid id) {
        try {
            if (Users.GetUserById(id) is not { } user) { return; }
            user.LastLoginDate = DateTime.UtcNow;
            Users.UpdateUserAsync(user).GetAwaiter().GetResult();
        } catch (Exception e) { ward.Log.LogWarning(e, "The date of the last login was not saved"); }
    }

    /// <summary>Devices are what Jellyfin keeps; a session is live once its device was heard of since the start.</summary>
    private List<object> Sessions(Owner owner) {
        var live = ward.Sessions!.Sessions.ToLookup(session => (session.UserId, session.DeviceId), session => session.RemoteEndPoint);
        return Devices(owner.User).Select(object (device) => new {
            tokenHash = Jellyward.Facts.Hash(device.AccessToken), user = device.UserId.ToString("N"),
            app = device.AppName, version = device.AppVersion, deviceId = device.DeviceId, deviceName = device.DeviceName,
            remote = live[(device.UserId, device.DeviceId)].FirstOrDefault(),
            createdAt = Seconds(device.DateCreated), lastSeenAt = Seconds(device.DateLastActivity),
        }).ToList();
    }

    /// <summary>Once more a moment later: a request under way puts back what was just taken out of Jellyfin's memory.</summary>
    private object End(Ending ending) {
        try { return EndNow(ending); } finally { Task.Delay(TimeSpan.FromSeconds(2)).ContinueWith(_ => EndNow(ending), TaskScheduler.Default); }
    }

    private int EndNow(Ending ending) {
        var sessions = ward.Sessions!;
        var ended = Devices(ending.User).ToList().Count(device => ending.TokenHashes.Contains(Jellyward.Facts.Hash(device.AccessToken)) && Ends(() => sessions.Logout(device)));
        // Of what is left only those have a device whose token opened them; the others told another id, and keep a web socket.
        var known = Devices(ending.User).Select(device => device.DeviceId).ToHashSet();
        sessions.Sessions.Where(session => session.UserId == Guid.Parse(ending.User) && !known.Contains(session.DeviceId)).ToList().ForEach(session => Ends(() => sessions.ReportSessionEnded(session.Id).AsTask()));
        return ended;
    }

    /// <summary>One that cannot be ended must not keep the others alive; the engine looks which are left.</summary>
    private bool Ends(Func<Task> end) {
        try { end().GetAwaiter().GetResult(); return true; } catch (Exception e) { ward.Log.LogWarning(e, "A session could not be ended"); return false; }
    }

    private IReadOnlyList<Device> Devices(string? user) => ward.Get<IDeviceManager>().GetDevices(new DeviceQuery { UserId = user is null ? null : Guid.Parse(user) }).Items;
    private static long Seconds(DateTime utc) => (long)(utc - DateTime.UnixEpoch).TotalSeconds;

    private sealed record Owner(string? User);
    private sealed record Ending(string User, HashSet<string> TokenHashes);
    private sealed record Query(string? Name, string? Id);
    private sealed record Find(Query Query, string? Remote);
    private sealed record Check(string Name, string? Remote, bool Session);
    private sealed record Mint(string User, string App, string Version, string DeviceId, string DeviceName, string? Remote, bool Dated);
}
