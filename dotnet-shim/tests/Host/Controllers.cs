using System.Security.Claims;
using MediaBrowser.Common.Api;
using MediaBrowser.Common.Extensions;
using MediaBrowser.Common.Net;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Net;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Dto;
using MediaBrowser.Model.Plugins;
using MediaBrowser.Model.QuickConnect;
using MediaBrowser.Model.Users;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SecurityException = MediaBrowser.Controller.Net.SecurityException;

namespace Jellyward.TestHost;

internal sealed record NamePassword(string? Username, string? Pw);

internal sealed record NewUser(string Name, string? Password);

internal sealed record PasswordChange(string? CurrentPw, string? NewPw, bool ResetPassword);

internal sealed record ForgottenName(string? EnteredUsername);

internal sealed record ForgottenPin(string? Pin);

internal sealed record QuickConnectSecret(string Secret);

internal sealed record Page<T>(IReadOnlyList<T> Items, int TotalRecordCount, int StartIndex = 0);

internal abstract class Base : ControllerBase {
    protected Guid CallerId => Guid.Parse(User.FindFirst("Jellyfin-UserId")!.Value);

    protected string Remote => HttpContext.GetNormalizedRemoteIP().ToString();
}

[Route("Users")]
internal sealed class UserController(UserManager users, ISessionManager sessions, QuickConnect quickConnect, AuthorizationContext context, PasswordResets resets, INetworkManager network) : Base {
    [HttpPost("AuthenticateByName")]
    public async Task<ActionResult<AuthenticationResult>> AuthenticateUserByName([FromBody] NamePassword request) {
        var client = context.Read(Request);
        try {
            return await sessions.AuthenticateNewSession(new AuthenticationRequest {
                App = client.Client!,
                AppVersion = client.Version!,
                DeviceId = client.DeviceId!,
                DeviceName = client.Device!,
                Password = request.Pw!,
                RemoteEndPoint = Remote,
                Username = request.Username!,
            });
        } catch (SecurityException e) {
            throw new SecurityException($"[{Remote}] {e.Message}", e);
        }
    }

    [HttpPost("{userId:guid}/Authenticate")]
    public async Task<ActionResult<AuthenticationResult>> AuthenticateUser(Guid userId, [FromQuery] string pw) =>
        users.GetUserById(userId) is { } user ? await AuthenticateUserByName(new(user.Username, pw)) : NotFound("User not found");

    [HttpPost("AuthenticateWithQuickConnect")]
    public ActionResult<AuthenticationResult> AuthenticateWithQuickConnect([FromBody] QuickConnectSecret request) => quickConnect.Redeem(request.Secret);

    [HttpPost("ForgotPassword")]
    public object ForgotPassword([FromBody] ForgottenName forgotPasswordRequest) => resets.Start(forgotPasswordRequest.EnteredUsername, network.IsInLocalNetwork(Remote));

    [HttpPost("ForgotPassword/Pin")]
    public Task<object> ForgotPasswordPin([FromBody] ForgottenPin forgotPasswordPinRequest) => resets.Redeem(forgotPasswordPinRequest.Pin);

    [HttpGet("Me")]
    [Authorize]
    public ActionResult<UserDto> GetCurrentUser() => CallerId != Guid.Empty && users.GetUserById(CallerId) is { } user ? users.GetUserDto(user) : BadRequest();

    [HttpGet]
    [Authorize]
    public List<UserDto> GetUsers() => users.GetUsers().Select(users.GetUserDto).ToList();

    [HttpGet("{userId:guid}")]
    [Authorize]
    public ActionResult<UserDto> GetUserById(Guid userId) => users.GetUserById(userId) is { } user ? users.GetUserDto(user) : NotFound();

    [HttpPost("New")]
    [Authorize(Policy = Policies.RequiresElevation)]
    public async Task<UserDto> CreateUserByName([FromBody] NewUser request) {
        var user = await users.CreateUserAsync(request.Name);
        if (request.Password is not null) {
            await users.ChangePassword(user.Id, request.Password);
        }

        return users.GetUserDto(user);
    }

    [HttpPost]
    [Authorize(Policy = Policies.RequiresElevation)]
    public async Task<ActionResult> UpdateUser([FromQuery] Guid userId, [FromBody] NewUser request) {
        await users.Rename(userId, request.Name);
        return NoContent();
    }

    [HttpDelete("{userId:guid}")]
    [Authorize(Policy = Policies.RequiresElevation)]
    public async Task<ActionResult> DeleteUser(Guid userId) {
        await sessions.RevokeUserTokens(userId, null!);
        await users.DeleteUserAsync(userId);
        return NoContent();
    }

    [HttpPost("{userId:guid}/Policy")]
    [Authorize(Policy = Policies.RequiresElevation)]
    public async Task<ActionResult> UpdateUserPolicy(Guid userId, [FromBody] UserPolicy policy) {
        if (policy.IsDisabled) {
            await sessions.RevokeUserTokens(userId, User.FindFirst("Jellyfin-Token")!.Value);
        }

        users.UpdatePolicy(userId, policy);
        return NoContent();
    }

    [HttpPost("{userId:guid}/Password")]
    [Authorize]
    public Task<ActionResult> UpdateUserPasswordLegacy([FromRoute] Guid userId, [FromBody] PasswordChange request) => UpdateUserPassword(userId, request);

    [HttpPost("Password")]
    [Authorize]
    public async Task<ActionResult> UpdateUserPassword([FromQuery] Guid? userId, [FromBody] PasswordChange request) {
        var id = userId ?? CallerId;
        var own = id == CallerId;
        if (!own && !User.IsInRole("Administrator")) {
            return StatusCode(403);
        }

        if (own && !request.ResetPassword && await users.AuthenticateUser(users.GetUserById(id)!.Username, request.CurrentPw ?? string.Empty, Remote, false) is null) {
            return StatusCode(403, "Invalid user or password entered.");
        }

        await users.ChangePassword(id, request.ResetPassword ? null : request.NewPw);
        if (!request.ResetPassword) {
            await sessions.RevokeUserTokens(id, User.FindFirst("Jellyfin-Token")!.Value);
        }

        return NoContent();
    }
}

[Route("QuickConnect")]
internal sealed class QuickConnectController(QuickConnect quickConnect, AuthorizationContext context) : Base {
    [HttpGet("Enabled")]
    public bool GetQuickConnectEnabled() => true;

    [HttpPost("Initiate")]
    public ActionResult<QuickConnectResult> InitiateQuickConnect() => quickConnect.Initiate(context.Read(Request));

    /// <summary>In 10 only.</summary>
    [HttpGet("Initiate")]
    public ActionResult<QuickConnectResult> InitiateQuickConnectLegacy() => InitiateQuickConnect();

    [HttpGet("Connect")]
    public QuickConnectResult GetQuickConnectState([FromQuery] string secret) => quickConnect.State(secret);

    [HttpPost("Authorize")]
    [Authorize]
    public async Task<ActionResult<bool>> AuthorizeQuickConnect([FromQuery] string code, [FromQuery] Guid? userId) {
        // Whoever is administrator may approve for anybody.
        if (userId is not null && userId != CallerId && !User.IsInRole("Administrator")) {
            throw new SecurityException("Forbidden");
        }

        try {
            return await quickConnect.Authorize(userId ?? CallerId, code);
        } catch (AuthenticationException) {
            return Unauthorized("Quick connect is disabled");
        }
    }
}

[Route("Sessions")]
internal sealed class SessionController(ISessionManager sessions, AuthorizationContext context, Store store) : Base {
    /// <summary>Whoever calls is seen under the device id that comes with the token, as a web socket is.</summary>
    [HttpPost("Capabilities")]
    [Authorize]
    public ActionResult PostCapabilities() {
        var id = Guid.NewGuid().ToString("N");
        store.Sessions[id] = new() { Id = id, UserId = CallerId, DeviceId = context.Read(Request).DeviceId, RemoteEndPoint = "127.0.0.1" };
        return NoContent();
    }

    [HttpGet]
    [Authorize]
    public IEnumerable<string> GetSessions() => store.Sessions.Values.Where(session => session.UserId == CallerId).Select(session => session.DeviceId!);

    [HttpPost("Logout")]
    [Authorize]
    public async Task<ActionResult> ReportSessionEnded() {
        await sessions.Logout(User.FindFirst("Jellyfin-Token")!.Value);
        return NoContent();
    }

    [HttpPost("{sessionId}/System/{command}")]
    [Authorize]
    public async Task<ActionResult> SendSystemCommand(string sessionId, string command) {
        _ = command;
        await sessions.ReportSessionEnded(sessionId);
        return NoContent();
    }
}

[Route("Devices")]
[Authorize(Policy = Policies.RequiresElevation)]
internal sealed class DevicesController(Store store) : Base {
    [HttpGet]
    public Page<object> GetDevices([FromQuery] Guid? userId) {
        var items = store.Devices.Values.Where(device => userId is null || device.UserId == userId)
            .Select(object (device) => new { Id = device.DeviceId, device.Name, AppName = device.App, AppVersion = device.Version, LastUserId = device.UserId }).ToList();
        return new(items, items.Count);
    }
}

[Route("Auth/Keys")]
[Authorize(Policy = Policies.RequiresElevation)]
internal sealed class ApiKeyController(Store store) : Base {
    [HttpGet]
    public Page<object> GetKeys() => new([.. store.Keys.Select(object (key) => new { AccessToken = key.Key, AppName = key.Value })], store.Keys.Count);

    [HttpPost]
    public ActionResult CreateKey([FromQuery] string app) {
        store.Keys[Guid.NewGuid().ToString("N")] = app;
        store.Save();
        return NoContent();
    }
}

[Route("System")]
internal sealed class SystemController(Store store, ApplicationHost host) : Base {
    [HttpGet("Info/Public")]
    public object GetPublicSystemInfo() => new { ServerName = "testhost", Version = host.ApplicationVersion.ToString(), ProductName = "Jellyfin Server", Id = store.SystemId, StartupWizardCompleted = store.WizardCompleted };

    [HttpGet("ActivityLog/Entries")]
    [Authorize(Policy = Policies.RequiresElevation)]
    public Page<Activity> GetLogEntries() => new([.. store.Activities.Reverse()], store.Activities.Count);

    [HttpPost("Restart")]
    [Authorize(Policy = Policies.RequiresElevation)]
    public ActionResult RestartApplication() {
        _ = Task.Delay(100).ContinueWith(_ => host.Restart(), TaskScheduler.Default);
        return NoContent();
    }
}

[Route("Startup")]
internal sealed class StartupController(Store store, UserManager users) : Base {
    [HttpPost("Configuration")]
    [HttpPost("RemoteAccess")]
    public ActionResult Update() => NoContent();

    [HttpGet("User")]
    public async Task<object> GetFirstUser() {
        var user = users.GetUsers().FirstOrDefault() ?? await users.CreateUserAsync("first");
        users.UpdatePolicy(user.Id, new UserPolicy { IsAdministrator = true, EnableRemoteAccess = true });
        return new { Name = user.Username };
    }

    [HttpPost("User")]
    public async Task<ActionResult> UpdateStartupUser([FromBody] NewUser request) {
        if (store.WizardCompleted && !User.HasClaim(ClaimTypes.Role, "Administrator")) {
            return Unauthorized();
        }

        var user = users.GetUsers().First();
        store.Users[user.Id] = store.Users[user.Id] with { Name = request.Name };
        await users.ChangePassword(user.Id, request.Password);
        return NoContent();
    }

    [HttpPost("Complete")]
    public ActionResult CompleteWizard() {
        store.WizardCompleted = true;
        store.Save();
        return NoContent();
    }
}

internal sealed class DashboardController(PluginManager plugins) : Base {
    [HttpGet("web/ConfigurationPage")]
    public ActionResult GetDashboardConfigurationPage([FromQuery] string name) {
        var found = plugins.Plugins.Select(plugin => plugin.Instance).OfType<IHasWebPages>()
            .SelectMany(plugin => plugin.GetPages().Select(page => (plugin, page))).FirstOrDefault(page => string.Equals(page.page.Name, name, StringComparison.OrdinalIgnoreCase));
        return found.plugin?.GetType().Assembly.GetManifestResourceStream(found.page.EmbeddedResourcePath) is { } stream
            ? File(stream, found.page.EmbeddedResourcePath.EndsWith(".js", StringComparison.Ordinal) ? "application/x-javascript" : "text/html")
            : NotFound();
    }
}

[Route("Plugins")]
[Authorize(Policy = Policies.RequiresElevation)]
internal sealed class PluginsController(PluginManager plugins) : Base {
    [HttpGet]
    public List<object> GetPlugins() => plugins.Plugins.Select(object (plugin) => new { plugin.Name, Version = plugin.Version.ToString(), plugin.Id, plugin.Status }).ToList();
}

/// <summary>What a real server has no address for, and a test of the plugin wants to see.</summary>
[Route("TestHost")]
internal sealed class TestHostController(ISessionManager sessions, UserManager users) : Base {
    /// <summary>How many password hashes this process has computed.</summary>
    [HttpGet("Hashed")]
    public int Hashed() => Cryptography.Hashed;

    /// <summary>Another plugin's sign-in: its own check is done, now it wants a session.</summary>
    [HttpPost("OtherPlugin")]
    public Task<AuthenticationResult> SignIn([FromQuery] string name, [FromQuery] bool byId) => sessions.AuthenticateDirect(new AuthenticationRequest {
        UserId = byId ? users.GetUserByName(name)!.Id : Guid.Empty,
        Username = name,
        App = "Other plugin",
        AppVersion = "1",
        DeviceId = "other",
        DeviceName = "other",
        RemoteEndPoint = Remote,
    });
}
