namespace Jellyfin.Plugin.Jellyward;

/// <summary>Tells the engine what happens to users.</summary>
internal sealed class UserEvents(Ward ward) : IEventConsumer<UserCreatedEventArgs>, IEventConsumer<UserDeletedEventArgs>, IEventConsumer<UserPasswordChangedEventArgs>, IEventConsumer<UserUpdatedEventArgs> {
    public Task OnEvent(UserCreatedEventArgs eventArgs) => Tell("userCreated", eventArgs.Argument);
    public Task OnEvent(UserDeletedEventArgs eventArgs) => Tell("userDeleted", eventArgs.Argument);
    public Task OnEvent(UserPasswordChangedEventArgs eventArgs) => Tell("passwordChanged", eventArgs.Argument);
    public Task OnEvent(UserUpdatedEventArgs eventArgs) => Tell("userUpdated", eventArgs.Argument);
    private Task Tell(string happened, User user) => ward.Tell(new { @event = happened, userId = user.Id.ToString("N") });
}
