using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Jellyfin.Plugin.Jellyward;

namespace Jellyward.Plugin.Tests;

/// <summary>The threads on which the engine is called: few, kept, and gone when the plugin goes.</summary>
public sealed class SlotsTests {
    private const int AtOnce = 8;
    private const int Queue = 64;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Calls_one_after_another_share_a_thread() {
        var slots = new Slots(restSeconds: 600);
        var first = (await On(slots))!;
        for (var i = 0; i < 20; i++) {
            // What waits for the call goes on elsewhere, so that the thread is free at once.
            Assert.NotSame(first, Thread.CurrentThread);
            await Until(() => first.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            Assert.Same(first, await On(slots));
        }
        Assert.True(first.IsBackground);
        Assert.False(first.IsThreadPoolThread);
        slots.Close();
        await Ended([first]);
    }

    [Fact]
    public async Task Eight_run_at_once_sixty_four_wait_and_the_rest_is_turned_away() {
        var slots = new Slots();
        using var door = new ManualResetEventSlim();
        var (inside, most) = (0, 0);
        var threads = new ConcurrentDictionary<Thread, bool>();
        var calls = Enumerable.Range(0, AtOnce + Queue + 5).Select(_ => slots.Run(() => {
            threads[Thread.CurrentThread] = true;
            lock (threads) { most = Math.Max(most, ++inside); }
            door.Wait();
            lock (threads) { inside--; }
            return "done";
        })).ToList();

        Assert.All(calls.Skip(AtOnce + Queue), call => Assert.True(call.IsCompletedSuccessfully && call.Result is null));
        await Until(() => Volatile.Read(ref inside) == AtOnce);
        door.Set();
        var answers = await Task.WhenAll(calls).WaitAsync(Long);
        Assert.Equal(AtOnce + Queue, answers.Count(answer => answer == "done"));
        Assert.Equal((AtOnce, AtOnce), (most, threads.Count));

        // And there is room again.
        Assert.NotNull(await On(slots));
        slots.Close();
        await Ended(threads.Keys);
    }

    [Fact]
    public async Task What_a_call_throws_reaches_its_caller_and_the_thread_goes_on() {
        var slots = new Slots(restSeconds: 600);
        var before = (await On(slots))!;
        for (var i = 0; i < AtOnce + Queue + 1; i++) {
            var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => slots.Run<object>(() => throw new InvalidOperationException("once")));
            Assert.Equal("once", thrown.Message);
            await Until(() => before.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        }
        Assert.Same(before, await On(slots));
        slots.Close();
        await Ended([before]);
    }

    [Fact]
    public async Task A_call_sees_its_callers_context_and_leaves_nothing_to_the_next() {
        var slots = new Slots();
        var threads = new ConcurrentBag<Thread>();
        var local = new AsyncLocal<string?> { Value = "first" };
        var seen = await slots.Run(() => {
            threads.Add(Thread.CurrentThread);
            var mine = local.Value;
            local.Value = "changed inside";
            return mine;
        });
        Assert.Equal(("first", "first"), (seen, local.Value));

        local.Value = null;
        Assert.Equal("nothing", await slots.Run(() => {
            threads.Add(Thread.CurrentThread);
            return local.Value ?? "nothing";
        }));
        slots.Close();
        await Ended(threads);
    }

    [Fact]
    public async Task Closing_serves_who_waits_turns_away_who_comes_and_ends_the_threads() {
        var slots = new Slots();
        using var door = new ManualResetEventSlim();
        var calls = Enumerable.Range(0, AtOnce + 1).Select(_ => slots.Run(() => {
            door.Wait();
            return Thread.CurrentThread;
        })).ToList();
        slots.Close();
        var late = slots.Run(() => Thread.CurrentThread);
        door.Set();
        Assert.Null(await late.WaitAsync(Long));
        await Ended((await Task.WhenAll(calls).WaitAsync(Long))!);
        var resting = new Slots();
        var thread = await On(resting);
        resting.Close();
        await Ended([thread!]);
    }

    [Fact]
    public async Task A_thread_without_work_ends_and_another_comes_when_it_is_needed() {
        var slots = new Slots(restSeconds: 0);
        var before = new List<Thread>();
        for (var i = 0; i < AtOnce + 1; i++) {
            var thread = (await On(slots))!;
            Assert.DoesNotContain(thread, before);
            await Ended([thread]);
            before.Add(thread);
        }
        slots.Close();
    }

    [Fact]
    public async Task A_thread_that_ends_gives_freed_memory_back_to_the_system() {
        const int Piece = 64 << 10, Pieces = 4096;
        var (filling, pieces) = (Enumerable.Repeat((byte)1, Piece).ToArray(), new nint[Pieces]);
        for (var i = 0; i < Pieces; i++) {
            pieces[i] = Marshal.AllocHGlobal(Piece);
            Marshal.Copy(filling, 0, pieces[i], Piece);
        }
        // The last one stays, so that nothing ends up at the heap's end, where it goes back by itself. Nor has any other test
        // of this class left a thread that ends meanwhile.
        Array.ForEach(pieces[..^1], Marshal.FreeHGlobal);
        var before = Environment.WorkingSet;
        var slots = new Slots(restSeconds: 0);
        await Ended([(await On(slots))!]);
        Assert.InRange(Environment.WorkingSet, 0, before - (Piece * Pieces / 2));
        Marshal.FreeHGlobal(pieces[^1]);
        slots.Close();
    }

    private static Task<Thread?> On(Slots slots) => slots.Run(() => Thread.CurrentThread).WaitAsync(Long);

    private static Task Ended(IEnumerable<Thread> threads) => Until(() => threads.All(thread => !thread.IsAlive));

    private static async Task Until(Func<bool> holds) {
        using var patience = new CancellationTokenSource(Long);
        while (!holds()) { await Task.Delay(5, patience.Token); }
    }
}
