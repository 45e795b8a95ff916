// Jellyfin.Database.Implementations 10.11.11: the user and device entities, as far as they are read or written.
using System;
using System.Collections.Generic;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Database.Implementations.Interfaces;

namespace Jellyfin.Database.Implementations.Interfaces {
    public interface IHasPermissions {
        ICollection<Permission> Permissions { get; }
    }
}

namespace Jellyfin.Database.Implementations.Enums {
    public enum PermissionKind {
        IsAdministrator = 0,
        IsHidden = 1,
        IsDisabled = 2,
        EnableRemoteAccess = 4,
    }

    public enum DynamicDayOfWeek {
        Sunday = 0,
        Monday = 1,
        Tuesday = 2,
        Wednesday = 3,
        Thursday = 4,
        Friday = 5,
        Saturday = 6,
        Everyday = 7,
        Weekday = 8,
        Weekend = 9,
    }
}

namespace Jellyfin.Database.Implementations.Entities {
    public class Permission(PermissionKind kind, bool value) {
        public PermissionKind Kind { get; private set; } = kind;

        public bool Value { get; set; } = value;
    }

    public class AccessSchedule(DynamicDayOfWeek dayOfWeek, double startHour, double endHour, Guid userId) {
        public Guid UserId { get; private set; } = userId;

        public DynamicDayOfWeek DayOfWeek { get; set; } = dayOfWeek;

        public double StartHour { get; set; } = startHour;

        public double EndHour { get; set; } = endHour;
    }

    public class User(string username, string authenticationProviderId, string passwordResetProviderId) : IHasPermissions {
        public Guid Id { get; set; } = Guid.NewGuid();

        public string Username { get; set; } = username;

        public string? Password { get; set; }

        public string AuthenticationProviderId { get; set; } = authenticationProviderId;

        public string PasswordResetProviderId { get; set; } = passwordResetProviderId;

        public int InvalidLoginAttemptCount { get; set; }

        public int? LoginAttemptsBeforeLockout { get; set; }

        public DateTime? LastActivityDate { get; set; }

        public DateTime? LastLoginDate { get; set; }

        public int MaxActiveSessions { get; set; }

        public virtual ICollection<Permission> Permissions { get; private set; } = new HashSet<Permission>();

        public virtual ICollection<AccessSchedule> AccessSchedules { get; private set; } = new HashSet<AccessSchedule>();
    }
}

namespace Jellyfin.Database.Implementations.Entities.Security {
    public class Device(Guid userId, string appName, string appVersion, string deviceName, string deviceId) {
        public Guid UserId { get; private set; } = userId;

        public string AccessToken { get; set; } = Guid.NewGuid().ToString("N");

        public string AppName { get; set; } = appName;

        public string AppVersion { get; set; } = appVersion;

        public string DeviceName { get; set; } = deviceName;

        public string DeviceId { get; set; } = deviceId;

        public DateTime DateCreated { get; set; } = DateTime.UtcNow;

        public DateTime DateLastActivity { get; set; } = DateTime.UtcNow;
    }
}
