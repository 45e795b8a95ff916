using System.Security.Cryptography;
using System.Text;
using MediaBrowser.Common.Api;
using MediaBrowser.Common.Extensions;
using MediaBrowser.Common.Net;
using MediaBrowser.Controller.Configuration;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Net;
using MediaBrowser.Controller.Session;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>What a request tells, in the engine's words. Taken before the engine is called: afterwards the request may be gone.</summary>
internal static class Facts
{
    /// <summary>Where a token may stand. Never in the query, which proxies write into their logs.</summary>
    private static readonly string[] TokenHeaders = ["Authorization", "X-Emby-Authorization", "X-Emby-Token", "X-MediaBrowser-Token"];

    public static async Task<object> Attempt(Ward ward, string door, AuthenticationRequest request, HttpContext? http)
    {
        var action = http?.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>();
        var (caller, _) = await Caller(ward, http).ConfigureAwait(false);
        return new
        {
            door,
            action = action is null ? string.Empty : $"{action.ControllerName}.{action.ActionName}",
            name = door == "password" ? request.Username ?? string.Empty : string.Empty,
            userId = door == "password" ? null : Target(ward.Get<IUserManager>(), request),
            app = request.App ?? string.Empty,
            version = request.AppVersion ?? string.Empty,
            deviceId = request.DeviceId ?? string.Empty,
            deviceName = request.DeviceName ?? string.Empty,
            origin = Origin(ward, http, request.RemoteEndPoint),
            caller,
        };
    }

    public static async Task<object> Request(Ward ward, HttpContext http)
    {
        var (caller, client) = await Caller(ward, http).ConfigureAwait(false);
        return new
        {
            method = http.Request.Method,
            path = http.Request.Path.ToUriComponent(),
            query = http.Request.QueryString.Value?.TrimStart('?') ?? string.Empty,
            origin = Origin(ward, http, null),
            caller,
            client,
        };
    }

    /// <summary>Whom Jellyfin would make the session for: by id first, then by name.</summary>
    private static string? Target(IUserManager users, AuthenticationRequest request)
    {
        var user = request.UserId == Guid.Empty ? null : users.GetUserById(request.UserId);
        user ??= string.IsNullOrWhiteSpace(request.Username) ? null : users.GetUserByName(request.Username);
        return user?.Id.ToString("N");
    }

    private static object Origin(Ward ward, HttpContext? http, string? remote) => new
    {
        remote = string.IsNullOrEmpty(remote) ? http?.GetNormalizedRemoteIP().ToString() : remote,
        proxiesListed = ward.Get<IServerConfigurationManager>().GetNetworkConfiguration().KnownProxies is { Length: > 0 },
        scheme = http?.Request.Scheme ?? string.Empty,
        pathBase = http?.Request.PathBase.ToUriComponent() ?? string.Empty,
        headers = http?.Request.Headers.SelectMany(header => header.Value.Select(value => new[] { header.Key, value ?? string.Empty })).ToArray() ?? [],
    };

    /// <summary>Who is signed in, by Jellyfin's own authentication and policies, and what the client says of itself.</summary>
    private static async Task<(object? Caller, object? Client)> Caller(Ward ward, HttpContext? http)
    {
        if (http is null)
        {
            return default;
        }

        var info = await ward.Get<IAuthorizationContext>().GetAuthorizationInfo(http).ConfigureAwait(false);
        var client = new { app = info.Client ?? string.Empty, version = info.Version ?? string.Empty, deviceId = info.DeviceId ?? string.Empty, deviceName = info.Device ?? string.Empty };
        if (http.User.Identity?.IsAuthenticated != true || string.IsNullOrEmpty(info.Token) || !TokenHeaders.Any(name => http.Request.Headers[name].ToString().Contains(info.Token, StringComparison.Ordinal)))
        {
            return (null, client);
        }

        try
        {
            var policies = ward.Get<IAuthorizationService>();
            var stock = await ward.Get<IAuthorizationPolicyProvider>().GetDefaultPolicyAsync().ConfigureAwait(false);
            if (!(await policies.AuthorizeAsync(http.User, null, stock).ConfigureAwait(false)).Succeeded)
            {
                return (null, client);
            }

            var elevated = await policies.AuthorizeAsync(http.User, null, Policies.RequiresElevation).ConfigureAwait(false);
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(info.Token)));
            var userId = info.UserId == Guid.Empty ? null : info.UserId.ToString("N");
            return (new { userId, administrator = elevated.Succeeded, apiKey = info.IsApiKey, tokenHash = hash }, client);
        }
        catch (Exception e)
        {
            // The token of a user who is just being deleted.
            Microsoft.Extensions.Logging.LoggerExtensions.LogDebug(ward.Log, e, "Nobody is signed in on this request");
            return (null, client);
        }
    }
}
