using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Jellyfin.Data.Queries;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Devices;
using MediaBrowser.Controller.Events;
using MediaBrowser.Controller.Events.Authentication;
using MediaBrowser.Controller.Net;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Dto;
using MediaBrowser.Model.Querying;
using MediaBrowser.Model.QuickConnect;
using DeviceEntity = Jellyfin.Database.Implementations.Entities.Security.Device;
using SecurityException = MediaBrowser.Controller.Net.SecurityException;

namespace Jellyward.TestHost;

/// <summary>Makes sessions as Jellyfin does: the password is the only thing checked, and only where there is one.</summary>
internal sealed class SessionManager(UserManager users, IEventManager events, Store store, ILogger<SessionManager> log) : ISessionManager, IAsyncDisposable {
    private readonly ConcurrentDictionary<string, SessionInfoDto> _sessions = store.Sessions;
    private readonly ConcurrentDictionary<string, bool> _putBack = new();

    public IEnumerable<SessionInfo> Sessions => _sessions.Values.Select(session => new SessionInfo(this, log) {
        Id = session.Id!,
        UserId = session.UserId,
        DeviceId = session.DeviceId!,
        RemoteEndPoint = session.RemoteEndPoint!,
    });

    /// <summary>The ways in which a session manager can have been registered when the plugin comes to it.</summary>
    public static void Register(IServiceCollection services, string shape) {
        SessionManager Make(IServiceProvider provider) => ActivatorUtilities.CreateInstance<SessionManager>(provider);
        switch (shape) {
            case "type":
                services.AddSingleton<ISessionManager, SessionManager>();
                break;
            case "factory":
                services.AddSingleton<ISessionManager>(Make);
                break;
            case "keyed":
                services.AddSingleton<ISessionManager, SessionManager>();
                services.AddKeyedSingleton<ISessionManager>("other", (provider, _) => Make(provider));
                break;
            case "instance":
                services.AddSingleton<ISessionManager>(new LateSessionManager());
                break;
            default:
                throw new ArgumentException(shape);
        }
    }

    public Task<AuthenticationResult> AuthenticateNewSession(AuthenticationRequest request) => Authenticate(request, true);

    public Task<AuthenticationResult> AuthenticateDirect(AuthenticationRequest request) => Authenticate(request, false);

    public Task Logout(string accessToken) {
        if (store.Devices.TryRemove(accessToken, out var device)) {
            store.Save();
            // A request that is under way tells of its device's new version, which is saved and put back into memory.
            if (device.Name == "put back" && _putBack.TryAdd(accessToken, true)) {
                store.Devices[accessToken] = device;
            }

            foreach (var session in _sessions.Where(session => session.Value.DeviceId == device.DeviceId).ToList()) {
                _sessions.TryRemove(session);
            }
        }

        return Task.CompletedTask;
    }

    public Task Logout(DeviceEntity device) => Logout(device.AccessToken);

    public async Task RevokeUserTokens(Guid userId, string currentAccessToken) {
        foreach (var device in store.Devices.Values.Where(device => device.UserId == userId && device.Token != currentAccessToken).ToList()) {
            await Logout(device.Token);
        }
    }

    public ValueTask ReportSessionEnded(string sessionId) {
        // Thrown before there is a task, as many of the real members do.
        if (!_sessions.TryRemove(sessionId, out _)) {
            throw new NotFoundException();
        }

        return ValueTask.CompletedTask;
    }

    public void UpdateDeviceName(string sessionId, string reportedDeviceName) => throw new NotFoundException();

    public Task SendRestartRequiredNotification(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() {
        log.LogInformation("Session manager disposed");
        return ValueTask.CompletedTask;
    }

    private async Task<AuthenticationResult> Authenticate(AuthenticationRequest request, bool enforcePassword) {
        ArgumentException.ThrowIfNullOrEmpty(request.App);
        ArgumentException.ThrowIfNullOrEmpty(request.DeviceId);
        ArgumentException.ThrowIfNullOrEmpty(request.DeviceName);
        ArgumentException.ThrowIfNullOrEmpty(request.AppVersion);
        var user = request.UserId == Guid.Empty ? null : users.GetUserById(request.UserId);
        user ??= users.GetUserByName(request.Username);
        if (enforcePassword) {
            user = await users.AuthenticateUser(request.Username, request.Password, request.RemoteEndPoint, true);
        }

        if (user is null) {
            await events.PublishAsync(new AuthenticationRequestEventArgs(request));
            throw new AuthenticationException("Invalid username or password entered.");
        }

        if (user.MaxActiveSessions >= 1 && _sessions.Values.Count(session => session.UserId == user.Id) >= user.MaxActiveSessions) {
            throw new SecurityException("User is at their maximum number of sessions.");
        }

        foreach (var old in store.Devices.Values.Where(device => device.UserId == user.Id && device.DeviceId == request.DeviceId).ToList()) {
            await Logout(old.Token);
        }

        var token = RandomNumberGenerator.GetHexString(32, true);
        store.Devices[token] = new Device(user.Id, request.App, request.AppVersion, request.DeviceName, request.DeviceId, token, DateTime.UtcNow);
        var session = new SessionInfoDto {
            Id = RandomNumberGenerator.GetHexString(32, true),
            UserId = user.Id,
            UserName = user.Username,
            Client = request.App,
            ApplicationVersion = request.AppVersion,
            DeviceId = request.DeviceId,
            DeviceName = request.DeviceName,
            RemoteEndPoint = request.RemoteEndPoint,
            LastActivityDate = DateTime.UtcNow,
        };
        _sessions[session.Id] = session;

        // An administrator who disables the user while the session is being made.
        if (request.DeviceName == "disabled meanwhile") {
            store.Users[user.Id] = store.Users[user.Id] with { Disabled = true };
        }

        await events.PublishAsync(new SessionStartedEventArgs(session));
        var result = new AuthenticationResult { User = users.GetUserDto(user), SessionInfo = session, AccessToken = token, ServerId = store.SystemId };
        await events.PublishAsync(new AuthenticationResultEventArgs(result));
        return result;
    }
}

/// <summary>Registered as a finished object; finds what it needs once the server stands.</summary>
internal sealed class LateSessionManager : ISessionManager {
    private SessionManager? _real;

    public static IServiceProvider Services { get; set; } = null!;

    private SessionManager Real => _real ??= ActivatorUtilities.CreateInstance<SessionManager>(Services);

    public IEnumerable<SessionInfo> Sessions => Real.Sessions;

    public Task<AuthenticationResult> AuthenticateNewSession(AuthenticationRequest request) => Real.AuthenticateNewSession(request);

    public Task<AuthenticationResult> AuthenticateDirect(AuthenticationRequest request) => Real.AuthenticateDirect(request);

    public Task Logout(string accessToken) => Real.Logout(accessToken);

    public Task Logout(DeviceEntity device) => Real.Logout(device);

    public Task RevokeUserTokens(Guid userId, string currentAccessToken) => Real.RevokeUserTokens(userId, currentAccessToken);

    public ValueTask ReportSessionEnded(string sessionId) => Real.ReportSessionEnded(sessionId);

    public void UpdateDeviceName(string sessionId, string reportedDeviceName) => Real.UpdateDeviceName(sessionId, reportedDeviceName);

    public Task SendRestartRequiredNotification(CancellationToken cancellationToken) => Real.SendRestartRequiredNotification(cancellationToken);
}

/// <summary>Every device somebody has a token for, whether heard of since the start or not.</summary>
internal sealed class DeviceManager(Store store) : IDeviceManager {
    public QueryResult<DeviceEntity> GetDevices(DeviceQuery query) => new([
        .. store.Devices.Values.Where(device => query.UserId is null || device.UserId == query.UserId).Select(device =>
            new DeviceEntity(device.UserId, device.App, device.Version, device.Name, device.DeviceId) {
                AccessToken = device.Token,
                DateCreated = device.Created,
                DateLastActivity = device.Created,
            }),
    ]);
}

/// <summary>A code shown on one device, approved on another: the session is made inside the approver's request.</summary>
internal sealed class QuickConnect(ISessionManager sessions) {
    private readonly ConcurrentDictionary<string, QuickConnectResult> _requests = new();
    private readonly ConcurrentDictionary<string, AuthenticationResult> _authorized = new();

    public QuickConnectResult Initiate(AuthorizationInfo client) {
        ArgumentException.ThrowIfNullOrEmpty(client.DeviceId);
        ArgumentException.ThrowIfNullOrEmpty(client.Device);
        ArgumentException.ThrowIfNullOrEmpty(client.Client);
        ArgumentException.ThrowIfNullOrEmpty(client.Version);
        var code = RandomNumberGenerator.GetInt32(100_000, 1_000_000).ToString();
        return _requests[code] = new(RandomNumberGenerator.GetHexString(64), code, DateTime.UtcNow, client.DeviceId, client.Device, client.Client, client.Version);
    }

    public QuickConnectResult State(string secret) => _requests.Values.FirstOrDefault(request => request.Secret == secret) ?? throw new NotFoundException();

    public async Task<bool> Authorize(Guid userId, string code) {
        if (!_requests.TryGetValue(code, out var request)) {
            throw new NotFoundException();
        }

        // Neither a name nor an address.
        _authorized[request.Secret] = await sessions.AuthenticateDirect(new AuthenticationRequest {
            UserId = userId,
            DeviceId = request.DeviceId,
            DeviceName = request.DeviceName,
            App = request.AppName,
            AppVersion = request.AppVersion,
        });
        request.Authenticated = true;
        return true;
    }

    public AuthenticationResult Redeem(string secret) => _authorized.TryGetValue(secret, out var result) ? result : throw new NotFoundException();
}

/// <summary>Reads who asks out of a request, as 10.11 does; the older headers can be switched off as on 12.</summary>
internal sealed class AuthorizationContext(Store store, UserManager users, ApplicationHost host) : IAuthorizationContext {
    private static readonly bool Legacy = Environment.GetEnvironmentVariable("TESTHOST_LEGACY_HEADERS") != "off";

    public Task<AuthorizationInfo> GetAuthorizationInfo(HttpContext requestContext) => Task.FromResult(Read(requestContext.Request));

    public AuthorizationInfo Read(HttpRequest request) {
        var header = request.Headers.Authorization.FirstOrDefault();
        if (Legacy && string.IsNullOrEmpty(header)) {
            header = request.Headers["X-Emby-Authorization"].FirstOrDefault();
        }

        var parts = Parts(header);
        var token = parts.GetValueOrDefault("Token");
        foreach (var name in Legacy ? new[] { "X-Emby-Token", "X-MediaBrowser-Token" } : []) {
            token = string.IsNullOrEmpty(token) ? request.Headers[name] : token;
        }

        foreach (var name in Legacy ? new[] { "ApiKey", "api_key" } : ["ApiKey"]) {
            token = string.IsNullOrEmpty(token) ? request.Query[name] : token;
        }

        var info = new AuthorizationInfo {
            Client = parts.GetValueOrDefault("Client"),
            Device = parts.GetValueOrDefault("Device"),
            DeviceId = parts.GetValueOrDefault("DeviceId"),
            Version = parts.GetValueOrDefault("Version"),
            Token = token,
        };
        if (string.IsNullOrEmpty(token)) {
            return info;
        }

        if (store.Devices.TryGetValue(token, out var device)) {
            info.IsAuthenticated = true;
            info.User = users.GetUserById(device.UserId);
            info.Client = string.IsNullOrWhiteSpace(info.Client) ? device.App : info.Client;
            info.Device = string.IsNullOrWhiteSpace(info.Device) ? device.Name : info.Device;
            info.DeviceId = string.IsNullOrWhiteSpace(info.DeviceId) ? device.DeviceId : info.DeviceId;
            info.Version = string.IsNullOrWhiteSpace(info.Version) ? device.Version : info.Version;
        } else if (store.Keys.TryGetValue(token, out var name)) {
            info.IsAuthenticated = info.IsApiKey = true;
            info.Client = name;
            info.Device ??= "Test host";
            info.DeviceId ??= store.SystemId;
            info.Version ??= host.ApplicationVersion.ToString();
        }

        return info;
    }

    private static Dictionary<string, string> Parts(string? header) {
        var scheme = header?.Split(' ')[0];
        if (scheme is null || !(scheme.Equals("MediaBrowser", StringComparison.OrdinalIgnoreCase) || (Legacy && scheme.Equals("Emby", StringComparison.OrdinalIgnoreCase)))) {
            return [];
        }

        return header![scheme.Length..].Split(',').Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => WebUtility.UrlDecode(pair[1].Trim().Trim('"')));
    }
}
