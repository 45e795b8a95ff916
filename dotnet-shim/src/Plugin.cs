[assembly: Guid(Jellyfin.Plugin.Jellyward.Plugin.Guid)]

namespace Jellyfin.Plugin.Jellyward;

/// <summary>What Jellyfin remembers for us outside our own store.</summary>
public class PluginConfiguration : BasePluginConfiguration {
    /// <summary>Somebody is protected: a missing store or library refuses logins from now on.</summary>
    public bool Armed { get; set; }
}

/// <summary>The plugin as Jellyfin lists it. A throw in its constructor would leave the server open, so nothing happens there.</summary>
public class Plugin : BasePlugin<PluginConfiguration>, IHasWebPages {
    /// <summary>The plugin's id; meta.json and the repository's manifest carry the same.</summary>
    public const string Guid = "6c8e5a14-0f3b-4d0c-9a52-7d1be2a4f0c7";

    public Plugin(IApplicationPaths applicationPaths, IXmlSerializer xmlSerializer)
        : base(applicationPaths, xmlSerializer) => Instance = this;

    public static Plugin? Instance { get; private set; }

    public override string Name => "Jellyward";
    public override Guid Id => new(Guid);
    public override string Description => "A second factor, decided before any session exists.";

    /// <summary>Both are served to anybody who asks: nothing secret may stand in them.</summary>
    public IEnumerable<PluginPageInfo> GetPages() =>
    [
        new() { Name = Name, DisplayName = Name, EnableInMainMenu = true, MenuIcon = "shield", EmbeddedResourcePath = $"{GetType().Namespace}.dashboard.html" },
        new() { Name = "JellywardController", EmbeddedResourcePath = $"{GetType().Namespace}.dashboard.js" },
    ];
}
