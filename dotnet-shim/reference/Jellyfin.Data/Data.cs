// Jellyfin.Data 10.11.11: what can be asked of a user and of devices, and the events about users.
using System;
using System.Linq;
using Jellyfin.Data.Events;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Database.Implementations.Interfaces;

namespace Jellyfin.Data {
    // Bodies only as far as the test host runs on them.
    public static class UserEntityExtensions {
        public static bool HasPermission(this IHasPermissions entity, PermissionKind kind) =>
            entity.Permissions.Any(permission => permission.Kind == kind && permission.Value);

        public static void SetPermission(this IHasPermissions entity, PermissionKind kind, bool value) {
            foreach (var old in entity.Permissions.Where(permission => permission.Kind == kind).ToList()) {
                entity.Permissions.Remove(old);
            }

            entity.Permissions.Add(new Permission(kind, value));
        }

        public static bool IsParentalScheduleAllowed(this User entity) {
            var now = DateTime.Now;
            return entity.AccessSchedules.Count == 0 || entity.AccessSchedules.Any(window =>
                Holds(window.DayOfWeek, now.DayOfWeek) && now.TimeOfDay.TotalHours >= window.StartHour && now.TimeOfDay.TotalHours <= window.EndHour);
        }

        private static bool Holds(DynamicDayOfWeek days, DayOfWeek day) => days switch {
            DynamicDayOfWeek.Everyday => true,
            DynamicDayOfWeek.Weekday => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
            DynamicDayOfWeek.Weekend => day is DayOfWeek.Saturday or DayOfWeek.Sunday,
            _ => (int)days == (int)day,
        };
    }
}

namespace Jellyfin.Data.Queries {
    public abstract class PaginatedQuery {
        public int? Limit { get; set; }
    }

    public class DeviceQuery : PaginatedQuery {
        public Guid? UserId { get; set; }
    }
}

namespace Jellyfin.Data.Events {
    public class GenericEventArgs<T>(T arg) : EventArgs {
        public T Argument { get; } = arg;
    }
}

namespace Jellyfin.Data.Events.Users {
    public class UserCreatedEventArgs(User arg) : GenericEventArgs<User>(arg);

    public class UserDeletedEventArgs(User arg) : GenericEventArgs<User>(arg);

    public class UserPasswordChangedEventArgs(User arg) : GenericEventArgs<User>(arg);

    public class UserUpdatedEventArgs(User arg) : GenericEventArgs<User>(arg);
}
