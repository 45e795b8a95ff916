using System.Reflection;
using MediaBrowser.Common.Api;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Common.Plugins;
using MediaBrowser.Controller;
using MediaBrowser.Controller.Authentication;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Plugins;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Plugins;
using MediaBrowser.Model.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Neighbour;

public class NeighbourPlugin(IApplicationPaths paths, IXmlSerializer xml) : BasePlugin<BasePluginConfiguration>(paths, xml) {
    public override string Name => "Neighbour";

    public override Guid Id { get; } = new("4e3b7f11-2c60-4ef1-8d39-0a6c1ad8f0b2");
}

/// <summary>Comes after us in the alphabet, and so finds our factory where the session manager was. NEIGHBOUR says what it makes of
/// that: "late" asks it only when somebody calls, "replaces" puts Jellyfin's own there again, "password" and "direct" do that
/// for one of the two ways to a session.</summary>
public class NeighbourRegistrator : IPluginServiceRegistrator {
    public void RegisterServices(IServiceCollection serviceCollection, IServerApplicationHost applicationHost) {
        var stock = serviceCollection.Last(service => service.ServiceType == typeof(ISessionManager) && !service.IsKeyedService);
        serviceCollection.AddSingleton(provider => {
            var manager = DispatchProxy.Create<ISessionManager, NeighbourProxy>();
            var own = serviceCollection.LastOrDefault(service => service.ServiceType.IsAssignableTo(typeof(ISessionManager)) && service.ServiceType != typeof(ISessionManager));
            var inner = new Lazy<ISessionManager>(() => (ISessionManager)(stock.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, stock.ImplementationType!)));
            var bare = new Lazy<ISessionManager>(() => (ISessionManager)provider.GetRequiredService(own!.ServiceType));
            var way = Environment.GetEnvironmentVariable("NEIGHBOUR");
            ((NeighbourProxy)(object)manager).Inner = method => (way, method) switch {
                ("replaces", _) or ("password", nameof(ISessionManager.AuthenticateNewSession)) or ("direct", nameof(ISessionManager.AuthenticateDirect)) => bare.Value,
                _ => inner.Value,
            };
            if (way is null) {
                _ = inner.Value;
            }

            return manager;
        });
    }
}

public class NeighbourProxy : DispatchProxy {
    public Func<string, ISessionManager> Inner { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Invoke(Inner(targetMethod.Name), BindingFlags.DoNotWrapExceptions, null, args, null);
}

/// <summary>Single sign-on: its own check is done, now it wants a session.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public class NeighbourController(ISessionManager sessions, IUserManager users) : ControllerBase {
    [HttpPost("Neighbour/SignIn")]
    public Task<AuthenticationResult> SignIn([FromQuery] string name, [FromQuery] bool byId) => sessions.AuthenticateDirect(new AuthenticationRequest {
        UserId = byId ? users.GetUserByName(name)!.Id : Guid.Empty,
        Username = name,
        App = "Neighbour",
        AppVersion = "1",
        DeviceId = "neighbour",
        DeviceName = "neighbour",
        RemoteEndPoint = HttpContext.Connection.RemoteIpAddress!.ToString(),
    });

    [HttpGet("TwoFactorAuth/Setup"), HttpGet("My/Account")]
    public string SetUp() => "neighbour";

    /// <summary>Whose word counts from now on.</summary>
    [HttpPost("Neighbour/Provider"), Authorize(Policy = Policies.RequiresElevation)]
    public string SetProvider() => "set";

    [HttpGet("Neighbour/Provider"), Authorize(Policy = Policies.RequiresElevation)]
    public string GetProvider() => "the provider";
}
