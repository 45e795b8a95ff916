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
        try
        {
            Library.Load();
            serviceCollection.AddSingleton(_ => ward);
            serviceCollection.AddSingleton<LoginFilter>();
            serviceCollection.AddSingleton<AliasConvention>();
            serviceCollection.AddHttpContextAccessor();
            serviceCollection.AddOptions<MvcOptions>().Configure<AliasConvention>((mvc, aliases) =>
            {
                mvc.Filters.AddService<LoginFilter>();
                mvc.Conventions.Add(aliases);
            });
            serviceCollection.AddTransient<IStartupFilter, IndexStartupFilter>();
            serviceCollection.AddScoped<IEventConsumer<UserCreatedEventArgs>, UserEvents>();
            serviceCollection.AddScoped<IEventConsumer<UserDeletedEventArgs>, UserEvents>();
            serviceCollection.AddScoped<IEventConsumer<UserPasswordChangedEventArgs>, UserEvents>();
            serviceCollection.AddHostedService<EngineLifetime>();
        }
        catch (Exception e)
        {
            ward.Break(e);
        }

        Wrap(serviceCollection, ward);
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
