using Jellyfin.Data.Events.Users;
using MediaBrowser.Controller;
using MediaBrowser.Controller.Events;
using MediaBrowser.Controller.Plugins;
using MediaBrowser.Controller.Session;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Jellyfin.Plugin.Jellyward;

/// <summary>
/// Puts the gate in front of Jellyfin's sessions. A throw in here would disable the plugin for ever and leave the server
/// open, so whatever fails becomes the reason why the gate stands without an engine.
/// </summary>
public class Registrator : IPluginServiceRegistrator
{
    public void RegisterServices(IServiceCollection serviceCollection, IServerApplicationHost applicationHost)
    {
        var ward = new Ward();
        ward.Try(Library.Load);
        ward.Try(() => Register(serviceCollection, ward));
        Wrap(serviceCollection, ward);
    }

    private static void Register(IServiceCollection services, Ward ward)
    {
        services.AddSingleton(_ => ward);
        services.AddSingleton<LoginFilter>();
        services.AddSingleton<AliasConvention>();
        services.AddHttpContextAccessor();
        services.AddOptions<MvcOptions>().Configure<AliasConvention>((mvc, aliases) =>
        {
            mvc.Filters.AddService<LoginFilter>();
            mvc.Conventions.Add(aliases);
        });
        services.AddTransient<IStartupFilter, IndexStartupFilter>();
        services.AddScoped<IEventConsumer<UserCreatedEventArgs>, UserEvents>();
        services.AddScoped<IEventConsumer<UserDeletedEventArgs>, UserEvents>();
        services.AddScoped<IEventConsumer<UserPasswordChangedEventArgs>, UserEvents>();
        services.AddHostedService<EngineLifetime>();
    }

    /// <summary>Replaces the last registration of the session manager, whichever way it was made.</summary>
    private static void Wrap(IServiceCollection services, Ward ward)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType != typeof(ISessionManager) || services[i].IsKeyedService)
            {
                continue;
            }

            var stock = services[i];
            if (stock.ImplementationType is { } type)
            {
                // Under its own type the container makes it, and disposes of it.
                services.AddSingleton(type);
            }

            services[i] = ServiceDescriptor.Singleton(provider => SessionProxy.Wrap(
                (ISessionManager)(stock.ImplementationInstance ?? stock.ImplementationFactory?.Invoke(provider) ?? provider.GetRequiredService(stock.ImplementationType!)),
                ward.Attach(provider)));
            return;
        }
    }
}
