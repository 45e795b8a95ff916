namespace Jellyfin.Plugin.Jellyward;

/// <summary>Puts the gate in front of Jellyfin's sessions. A throw in here would disable the plugin for ever and leave the server
/// open, so whatever fails becomes the reason why the gate stands without an engine.</summary>
public class Registrator : IPluginServiceRegistrator {
    public void RegisterServices(IServiceCollection serviceCollection, IServerApplicationHost applicationHost) {
        var ward = new Ward();
        ward.Try(Library.Load);
        ward.Try(() => Register(serviceCollection, ward));
        ward.Try(() => Wrap(serviceCollection, ward));
    }

    private static void Register(IServiceCollection services, Ward ward) {
        // First: it is what notices that sign-ins do not come by the gate.
        services.AddHostedService(ward.Attach);
        services.AddSingleton(_ => ward);
        services.AddHttpContextAccessor();
        services.Configure<MvcOptions>(mvc => {
            mvc.Filters.Add(new LoginFilter());
            mvc.Conventions.Add(new ActionFilter(ward));
            mvc.Conventions.Add(new AliasConvention(ward));
        });
        services.AddTransient<IStartupFilter, IndexStartupFilter>();
        services.AddScoped<IEventConsumer<UserCreatedEventArgs>, UserEvents>();
        services.AddScoped<IEventConsumer<UserDeletedEventArgs>, UserEvents>();
        services.AddScoped<IEventConsumer<UserPasswordChangedEventArgs>, UserEvents>();
        services.AddScoped<IEventConsumer<UserUpdatedEventArgs>, UserEvents>();
    }

    /// <summary>Replaces the last registration of the session manager, whichever way it was made.</summary>
    private static void Wrap(IServiceCollection services, Ward ward) {
        var at = services.ToList().FindLastIndex(service => service.ServiceType == typeof(ISessionManager) && !service.IsKeyedService);
        if (at < 0) { throw new InvalidOperationException("Jellyfin has no session manager yet to stand in front of"); }
        var stock = services[at];
        services[at] = ServiceDescriptor.Singleton(provider => SessionProxy.Wrap(
            (ISessionManager)(stock.ImplementationInstance ?? stock.ImplementationFactory?.Invoke(provider) ?? provider.GetRequiredService(stock.ImplementationType!)),
            ward.Attach(provider)));
        // Under its own type the container makes it, and disposes of it.
        if (stock.ImplementationType is { } type) { services.AddSingleton(type); }
    }
}
