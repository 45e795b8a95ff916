// MediaBrowser.Model 10.11.11: what a plugin is made of, password hashing, Quick Connect, and the documents of a session.
using System;
using System.Collections.Generic;
using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Model.Users;

namespace MediaBrowser.Model.Plugins {
    public class BasePluginConfiguration {
    }

    public interface IHasWebPages {
        IEnumerable<PluginPageInfo> GetPages();
    }

    public class PluginPageInfo {
        public string Name { get; set; } = string.Empty;

        public string? DisplayName { get; set; }

        public string EmbeddedResourcePath { get; set; } = string.Empty;

        public bool EnableInMainMenu { get; set; }

        public string? MenuSection { get; set; }

        public string? MenuIcon { get; set; }
    }

    public class PluginInfo(string name, Version version, string description, Guid id, bool canUninstall) {
        public string Name { get; set; } = name;

        public Version Version { get; set; } = version;

        public string Description { get; set; } = description;

        public Guid Id { get; set; } = id;

        public bool CanUninstall { get; set; } = canUninstall;
    }
}

namespace MediaBrowser.Model.Serialization {
    public interface IXmlSerializer {
        object DeserializeFromFile(Type type, string file);

        void SerializeToFile(object obj, string file);
    }
}

namespace MediaBrowser.Model.Configuration {
    public class BaseApplicationConfiguration {
        public bool IsStartupWizardCompleted { get; set; }
    }
}

namespace MediaBrowser.Model.Querying {
    public class QueryResult<T>(IReadOnlyList<T> items) {
        public IReadOnlyList<T> Items { get; set; } = items;
    }
}

namespace MediaBrowser.Model.QuickConnect {
    public class QuickConnectResult(string secret, string code, DateTime dateAdded, string deviceId, string deviceName, string appName, string appVersion) {
        public bool Authenticated { get; set; }

        public string Secret { get; } = secret;

        public string Code { get; } = code;

        public string DeviceId { get; } = deviceId;

        public string DeviceName { get; } = deviceName;

        public string AppName { get; } = appName;

        public string AppVersion { get; } = appVersion;

        public DateTime DateAdded { get; set; } = dateAdded;
    }
}

namespace MediaBrowser.Model.Cryptography {
    public class PasswordHash {
        public PasswordHash(string id, byte[] hash) => Id = id;

        public string Id { get; }
    }

    public interface ICryptoProvider {
        PasswordHash CreatePasswordHash(ReadOnlySpan<char> password);
    }
}

namespace MediaBrowser.Model.Users {
    public class UserPolicy {
        public bool IsAdministrator { get; set; }

        public bool IsDisabled { get; set; }

        public bool EnableRemoteAccess { get; set; }

        public int MaxActiveSessions { get; set; }

        public AccessSchedule[] AccessSchedules { get; set; }

        public string AuthenticationProviderId { get; set; }

        public string PasswordResetProviderId { get; set; }
    }
}

namespace MediaBrowser.Model.Dto {
    public class UserDto {
        public string Name { get; set; }

        public string ServerId { get; set; }

        public Guid Id { get; set; }

        public DateTime? LastLoginDate { get; set; }

        public DateTime? LastActivityDate { get; set; }

        public UserPolicy Policy { get; set; }
    }

    public class SessionInfoDto {
        public string? Id { get; set; }

        public Guid UserId { get; set; }

        public string? UserName { get; set; }

        public string? Client { get; set; }

        public string? ApplicationVersion { get; set; }

        public string? DeviceId { get; set; }

        public string? DeviceName { get; set; }

        public string? RemoteEndPoint { get; set; }

        public DateTime LastActivityDate { get; set; }
    }
}
