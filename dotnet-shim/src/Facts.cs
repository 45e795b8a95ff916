namespace Jellyfin.Plugin.Jellyward;

/// <summary>What a request tells, in the engine's words. Taken before the engine is called: afterwards the request may be gone.</summary>
internal static class Facts {
    /// <summary>Where a token may stand. Never in the query, which proxies write into their logs.</summary>
    private static readonly string[] TokenHeaders = ["Authorization", "X-Emby-Authorization", "X-Emby-Token", "X-MediaBrowser-Token"];

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static async Task<object> Attempt(Ward ward, string door, AuthenticationRequest request, HttpContext? http) {
        var (caller, _) = await Caller(ward, http).ConfigureAwait(false);
        return new {
            door, action = Name(http?.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>()),
            name = door == "password" ? request.Username ?? string.Empty : string.Empty,
            userId = door == "password" ? null : Target(ward.Get<IUserManager>(), request),
            app = request.App ?? string.Empty, version = request.AppVersion ?? string.Empty,
            deviceId = request.DeviceId ?? string.Empty, deviceName = request.DeviceName ?? string.Empty,
            origin = Origin(ward, http, request.RemoteEndPoint), caller,
        };
    }

    public static async Task<object> Request(Ward ward, HttpContext http) {
        var (caller, client) = await Caller(ward, http).ConfigureAwait(false);
        var (method, path, query) = (http.Request.Method, http.Request.Path.ToUriComponent(), http.Request.QueryString.Value?.TrimStart('?') ?? string.Empty);
        return new { method, path, query, origin = Origin(ward, http, null), caller, client };
    }

    /// <summary>One of Jellyfin's own calls. It has let the caller in already, wherever the token stands.</summary>
    public static async Task<object> Action(Ward ward, ActionExecutingContext context, string name) {
        var (caller, client) = await Caller(ward, context.HttpContext, admitted: true).ConfigureAwait(false);
        var wizardDone = ward.Get<IServerConfigurationManager>().CommonConfiguration.IsStartupWizardCompleted;
        var arguments = name == Lib.OtherPlugins ? new() : Plain(context, Lib.Watched[name]);
        return new { action = name, arguments, wizardDone, client, origin = Origin(ward, context.HttpContext, null), caller };
    }

    public static string Name(ActionDescriptor? action) => action is ControllerActionDescriptor { ControllerName: var controller, ActionName: var name } ? $"{controller}.{name}" : string.Empty;

    /// <summary>Ids and flags; texts out of route and query, but out of a body, where passwords stand, only those the engine names.</summary>
    private static Dictionary<string, object> Plain(ActionExecutingContext context, string[] texts) {
        var plain = new Dictionary<string, object>();
        foreach (var (name, value) in context.ActionArguments) {
            var source = context.ActionDescriptor.Parameters.First(parameter => parameter.Name == name).BindingInfo?.BindingSource;
            if (source != BindingSource.Body) {
                if (value is Guid or bool or string) { plain[name] = value; }
                continue;
            }
            foreach (var property in value?.GetType().GetProperties() ?? []) {
                var camel = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
                var told = IsFlag(property.PropertyType) || (property.PropertyType == typeof(string) && texts.Contains(camel));
                if (told && property.GetValue(value) is { } plainly) { plain.TryAdd(camel, plainly); }
            }
        }
        return plain;
    }

    private static bool IsFlag(Type type) => type == typeof(bool) || type == typeof(bool?) || type == typeof(Guid) || type == typeof(Guid?);

    /// <summary>Whom Jellyfin would make the session for: by id first, then by name.</summary>
    private static string? Target(IUserManager users, AuthenticationRequest request) {
        var user = request.UserId == Guid.Empty ? null : users.GetUserById(request.UserId);
        user ??= string.IsNullOrWhiteSpace(request.Username) ? null : users.GetUserByName(request.Username);
        return user?.Id.ToString("N");
    }

    private static object Origin(Ward ward, HttpContext? http, string? remote) => new {
        remote = string.IsNullOrEmpty(remote) ? http?.GetNormalizedRemoteIP().ToString() : remote,
        // As read when the server started, not as configured since.
        proxiesListed = ward.Get<IOptions<ForwardedHeadersOptions>>().Value.ForwardedHeaders != ForwardedHeaders.None,
        scheme = http?.Request.Scheme ?? string.Empty,
        pathBase = http?.Request.PathBase.ToUriComponent() ?? string.Empty,
        headers = http?.Request.Headers.SelectMany(header => header.Value.Select(value => new[] { header.Key, value ?? string.Empty })).ToArray() ?? [],
    };

    /// <summary>Who is signed in, by Jellyfin's own authentication and policies, and what the client says of itself.</summary>
    private static async Task<(object? Caller, object? Client)> Caller(Ward ward, HttpContext? http, bool admitted = false) {
        if (http is null) { return default; }
        var info = await ward.Get<IAuthorizationContext>().GetAuthorizationInfo(http).ConfigureAwait(false);
        var client = new { app = info.Client ?? string.Empty, version = info.Version ?? string.Empty, deviceId = info.DeviceId ?? string.Empty, deviceName = info.Device ?? string.Empty };
        if (string.IsNullOrEmpty(info.Token) || !(admitted ? info.IsAuthenticated : InHeader(http, info.Token) && await Passes(ward, http, null).ConfigureAwait(false))) {
            return (null, client);
        }
        var administrator = await Passes(ward, http, Policies.RequiresElevation).ConfigureAwait(false);
        var userId = info.UserId == Guid.Empty ? null : info.UserId.ToString("N");
        return (new { userId, administrator, apiKey = info.IsApiKey, tokenHash = Hash(info.Token) }, client);
    }

    private static bool InHeader(HttpContext http, string token) => TokenHeaders.Any(name => http.Request.Headers[name].ToString().Contains(token, StringComparison.Ordinal));

    /// <summary>Does the request pass a policy of Jellyfin's? Null: the one that every signed-in user has to pass.</summary>
    private static async Task<bool> Passes(Ward ward, HttpContext http, string? policy) {
        try {
            var policies = ward.Get<IAuthorizationPolicyProvider>();
            var asked = policy is null ? await policies.GetDefaultPolicyAsync().ConfigureAwait(false) : await policies.GetPolicyAsync(policy).ConfigureAwait(false);
            return http.User.Identity?.IsAuthenticated == true && (await ward.Get<IAuthorizationService>().AuthorizeAsync(http.User, null, asked!).ConfigureAwait(false)).Succeeded;
        } catch (Exception e) {
            ward.Log.LogDebug(e, "Nobody is signed in on this request: its user is just being deleted");
            return false;
        }
    }
}
