namespace Jellyfin.Plugin.Jellyward;

/// <summary>Tells the engine what happens to users. May come while a host call of the engine's own is under way.</summary>
internal sealed class UserEvents(Ward ward) : IEventConsumer<UserCreatedEventArgs>, IEventConsumer<UserDeletedEventArgs>, IEventConsumer<UserPasswordChangedEventArgs> {
    public Task OnEvent(UserCreatedEventArgs eventArgs) => Tell("userCreated", eventArgs.Argument);
    public Task OnEvent(UserDeletedEventArgs eventArgs) => Tell("userDeleted", eventArgs.Argument);
    public Task OnEvent(UserPasswordChangedEventArgs eventArgs) => Tell("passwordChanged", eventArgs.Argument);

    private Task Tell(string happened, User user) {
        try {
            ward.Engine?.Event(Document.Of(new { @event = happened, userId = user.Id.ToString("N") }));
        } catch (Exception e) {
            ward.Log.LogError(e, "The engine did not take note of {Event} of {User}", happened, user.Id);
        }
        return Task.CompletedTask;
    }
}
