using System.Reflection;
using System.Runtime.Loader;
using Jellyward.Plugin.Tests.Support;

namespace Jellyward.Plugin.Tests;

/// <summary>The signatures we compile against are those of a real server, member by member.</summary>
public sealed class ReferenceTests {
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Only the assemblies that carry a reference's name are Jellyfin's.</summary>
    private static readonly string[] Names = ["Jellyfin.Database.Implementations", "Jellyfin.Data", "MediaBrowser.Model", "MediaBrowser.Common", "MediaBrowser.Controller"];

    [RealServerFact]
    public void Every_member_of_the_references_exists_on_the_server() {
        var ours = Load(Places.References);
        var theirs = Load(Places.RealServer!);
        var missing = new List<string>();
        var compared = 0;
        foreach (var type in ours.SelectMany(assembly => assembly.GetExportedTypes())) {
            var real = theirs.Single(assembly => assembly.GetName().Name == type.Assembly.GetName().Name).GetType(type.FullName!);
            if (real is null) {
                missing.Add(type.FullName!);
                continue;
            }

            var members = real.GetMembers(Declared).SelectMany(Describe).ToHashSet();
            var wanted = type.GetMembers(Declared).SelectMany(Describe).Append(Kind(type)).Concat(type.GetInterfaces().Where(IsOurs).Select(Name)).ToList();
            members.Add(Kind(real));
            members.UnionWith(real.GetInterfaces().Select(Name));
            missing.AddRange(wanted.Where(member => !members.Contains(member)).Select(member => $"{type.FullName}: {member}"));
            compared += wanted.Count;
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
        Assert.True(compared > 150, $"only {compared} members compared");
        Assert.All(theirs, assembly => Assert.True(assembly.GetName().Version >= new Version(10, 11, 11, 0)));
    }

    private static List<Assembly> Load(string folder) {
        var context = new AssemblyLoadContext(folder, isCollectible: true);
        context.Resolving += (_, name) => File.Exists(Path.Combine(folder, name.Name + ".dll")) ? context.LoadFromAssemblyPath(Path.Combine(folder, name.Name + ".dll")) : null;
        return Names.Select(name => context.LoadFromAssemblyPath(Path.Combine(folder, name + ".dll"))).ToList();
    }

    private static IEnumerable<string> Describe(MemberInfo member) => member switch {
        MethodInfo { IsPrivate: false, IsAssembly: false } method => [$"{(method.IsStatic ? "static " : string.Empty)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})"],
        ConstructorInfo { IsPrivate: false, IsStatic: false } made => [$"new({Parameters(made)})"],
        FieldInfo { IsLiteral: true, IsPublic: true } constant => [$"const {constant.Name} = {constant.GetRawConstantValue()}"],
        _ => [],
    };

    private static string Kind(Type type) => type.IsInterface ? "interface" : type.IsEnum ? "enum" : $"class : {(type.BaseType is { } parent && parent != typeof(object) ? Name(parent) : string.Empty)}";

    private static bool IsOurs(Type type) => Names.Contains(type.Assembly.GetName().Name);

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"`{method.GetGenericArguments().Length}" : string.Empty;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));

    private static string Name(Type type) => type.IsGenericType ? $"{type.Namespace}.{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.IsGenericParameter || type.IsArray ? type.ToString() : type.FullName!;
}

/// <summary>A test that only a real server can answer; without JELLYFIN_SERVER it is passed by, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealServerFactAttribute : FactAttribute {
    public RealServerFactAttribute() => Skip = Places.RealServer is null ? "JELLYFIN_SERVER names no real server" : null;
}
