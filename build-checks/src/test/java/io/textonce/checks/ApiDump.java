package io.textonce.checks;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReference;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The public and protected signatures of a module as lines of text, nullness included.
 *
 * <p>Types are written out here and not by {@code toGenericString}, whose spelling differs between JDKs.
 */
final class ApiDump {
    private ApiDump() {}

    static String of(ModuleReference module) {
        List<String> lines = new ArrayList<>();
        lines.add("module " + module.descriptor().name());
        module.descriptor().requires().stream()
                .filter(each -> each.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
                .map(each -> "requires transitive " + each.name())
                .sorted()
                .forEach(lines::add);
        for (String exported : new TreeSet<>(OurModules.exportedPackages(module.descriptor()))) {
            lines.add("");
            lines.add("package " + exported);
            OurModules.classesIn(module, exported).stream()
                    .filter(ApiDump::isVisible)
                    .forEach(type -> lines.addAll(of(type)));
        }
        return String.join("\n", lines) + "\n";
    }

    static List<String> of(Class<?> type) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(header(type));
        if (type.isEnum()) {
            lines.add("  constants "
                    + Arrays.stream(type.getEnumConstants())
                            .map(each -> ((Enum<?>) each).name())
                            .collect(Collectors.joining(", ")));
        }
        List<Class<?>> owners = withInvisibleParents(type).distinct().toList();
        Predicate<Member> shown = each -> isShown(each, type);
        Stream.of(
                        owners.stream()
                                .flatMap(owner -> Stream.of(owner.getDeclaredFields()))
                                .filter(field -> !field.isEnumConstant())
                                .filter(shown)
                                .map(ApiDump::field),
                        Stream.of(type.getDeclaredConstructors())
                                .filter(shown)
                                .filter(constructor -> !isCanonical(type, constructor))
                                .map(ApiDump::constructor),
                        owners.stream()
                                .flatMap(owner -> Stream.of(owner.getDeclaredMethods()))
                                .filter(shown)
                                .filter(method -> !method.isBridge() && !isImpliedByEnum(type, method))
                                .map(ApiDump::method))
                .forEach(group -> group.distinct().sorted().forEach(line -> lines.add("  " + line)));
        return lines;
    }

    private static String header(Class<?> type) {
        StringBuilder line = new StringBuilder(modifiers(type.getModifiers(), type.isInterface() || type.isEnum()));
        if (type.isSealed()) {
            line.append("sealed ");
        }
        line.append(kind(type)).append(' ').append(type.getName()).append(parameters(type.getTypeParameters()));
        if (type.isRecord()) {
            line.append(Arrays.stream(type.getRecordComponents())
                    .map(each -> name(each.getAnnotatedType()) + " " + each.getName())
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        Class<?> parent = type.getSuperclass();
        if (parent != null
                && !isHidden(parent)
                && !List.of(Object.class, Enum.class, Record.class).contains(parent)) {
            line.append(" extends ").append(name(type.getAnnotatedSuperclass()));
        }
        AnnotatedType[] parents = Stream.of(type.getAnnotatedInterfaces())
                .filter(each -> !(each.getType() instanceof Class<?> plain && isHidden(plain)))
                .toArray(AnnotatedType[]::new);
        line.append(list(type.isInterface() ? " extends " : " implements ", parents));
        if (type.isSealed()) {
            line.append(Stream.of(type.getPermittedSubclasses())
                    .map(Class::getName)
                    .sorted()
                    .collect(Collectors.joining(", ", " permits ", "")));
        }
        return line.toString();
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        return type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private static String field(Field field) {
        return modifiers(field.getModifiers(), false) + name(field.getAnnotatedType()) + " " + field.getName();
    }

    /** The line of a record names its components already; compilers differ in what they keep of that constructor. */
    private static boolean isCanonical(Class<?> type, Constructor<?> constructor) {
        return type.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray(Class<?>[]::new));
    }

    private static String constructor(Constructor<?> constructor) {
        return modifiers(constructor.getModifiers(), false) + "new" + signature(constructor);
    }

    private static String method(Method method) {
        return (method.isDefault() ? "default " : "")
                + modifiers(method.getModifiers(), false)
                + name(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + signature(method);
    }

    private static String signature(Executable executable) {
        return parameters(executable.getTypeParameters())
                + Stream.of(executable.getAnnotatedParameterTypes())
                        .map(ApiDump::name)
                        .collect(Collectors.joining(", ", "(", ")"))
                + list(" throws ", executable.getAnnotatedExceptionTypes());
    }

    private static String list(String word, AnnotatedType... types) {
        return types.length == 0
                ? ""
                : Stream.of(types).map(ApiDump::name).sorted().collect(Collectors.joining(", ", word, ""));
    }

    private static String parameters(TypeVariable<?>... variables) {
        return variables.length == 0
                ? ""
                : Stream.of(variables)
                        .map(each -> each.getName() + bounds(each.getAnnotatedBounds()))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String bounds(AnnotatedType... bounds) {
        return Stream.of(bounds).allMatch(each -> name(each).equals("java.lang.Object"))
                ? ""
                : Stream.of(bounds).map(ApiDump::name).collect(Collectors.joining(" & ", " extends ", ""));
    }

    private static String name(AnnotatedType type) {
        return name(type, type.getType()) + (isNullable(type) ? "?" : "");
    }

    private static String name(AnnotatedType type, Type plain) {
        if (type instanceof AnnotatedArrayType array) {
            return name(array.getAnnotatedGenericComponentType()) + "[]";
        }
        if (type instanceof AnnotatedParameterizedType parameterized) {
            return rawName(plain)
                    + Stream.of(parameterized.getAnnotatedActualTypeArguments())
                            .map(ApiDump::name)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            return wildcard.getAnnotatedLowerBounds().length > 0
                    ? "* super " + name(wildcard.getAnnotatedLowerBounds()[0])
                    : "*" + bounds(wildcard.getAnnotatedUpperBounds());
        }
        if (type instanceof AnnotatedTypeVariable) {
            return ((TypeVariable<?>) plain).getName();
        }
        return rawName(plain);
    }

    private static String rawName(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return rawName(parameterized.getRawType());
        }
        if (type instanceof GenericArrayType array) {
            return rawName(array.getGenericComponentType()) + "[]";
        }
        return type.getTypeName();
    }

    private static boolean isNullable(AnnotatedElement type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static String modifiers(int modifiers, boolean withoutAbstractAndFinal) {
        int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC;
        if (!withoutAbstractAndFinal) {
            shown |= Modifier.ABSTRACT | Modifier.FINAL;
        }
        String text = Modifier.toString(modifiers & shown);
        return text.isEmpty() ? "" : text + " ";
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return !type.isSynthetic()
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && (Modifier.isPublic(type.getModifiers()) || Modifier.isProtected(type.getModifiers()))
                && (outer == null || isVisible(outer));
    }

    private static boolean isHidden(Class<?> parent) {
        return OurModules.isOurs(parent.getName()) && !isVisible(parent);
    }

    /** A protected member of a final class is nobody's business. */
    private static boolean isShown(Member member, Class<?> type) {
        boolean open = !Modifier.isFinal(type.getModifiers()) && !type.isSealed();
        return !member.isSynthetic()
                && (Modifier.isPublic(member.getModifiers()) || (open && Modifier.isProtected(member.getModifiers())));
    }

    private static boolean isImpliedByEnum(Class<?> type, Method method) {
        return type.isEnum()
                && (method.getName().equals("values") || method.getName().equals("valueOf"));
    }

    /** What a public class inherits from a hidden parent is as public as the rest. */
    private static Stream<Class<?>> withInvisibleParents(Class<?> type) {
        Class<?> parent = type.getSuperclass();
        return Stream.concat(
                Stream.of(type),
                Stream.concat(Stream.ofNullable(parent), Stream.of(type.getInterfaces()))
                        .filter(ApiDump::isHidden)
                        .flatMap(ApiDump::withInvisibleParents));
    }
}
