package dev.parley.guides;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The settings as the sources declare them: each method of an interface with {@code @ConfigMapping}, and of the interfaces that such
 * methods return. The sources are parsed, because class files have no Javadoc.
 */
final class SettingsSource {
    private static final Path SOURCES = Path.of("src/main/java");

    /** A type that methods of mappings may return, with its place in the source. */
    private record Declared(ClassTree type, TreePath path) {}

    /** An interface with {@code @ConfigMapping}; several may share a prefix. */
    private record Mapping(String prefix, Declared declared) {}

    private final DocTrees docs;
    private final Map<String, Declared> types = new HashMap<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private final Map<String, List<Setting>> groups = new TreeMap<>();

    private SettingsSource(DocTrees docs) {
        this.docs = docs;
    }

    /** The settings of all mappings by the part of the key that they share, such as {@code parley.store}, in the order of the keys. */
    static Map<String, List<Setting>> groups() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> files = Files.walk(SOURCES);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources =
                    files.filter(SettingsSource::mayDeclareSettings).toList();
            var task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(sources));
            var source = new SettingsSource(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                source.declare(unit);
            }
            source.mappings.sort(Comparator.comparing(
                    mapping -> mapping.declared().type().getSimpleName().toString()));
            source.mappings.forEach(mapping -> source.addInterface(mapping.prefix(), mapping.declared()));
            return source.groups;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean mayDeclareSettings(Path file) {
        try {
            return file.toString().endsWith(".java") && Files.readString(file).contains("io.smallrye.config.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void declare(CompilationUnitTree unit) {
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                var declared = new Declared(type, getCurrentPath());
                types.put(type.getSimpleName().toString(), declared);
                annotation(type.getModifiers().getAnnotations(), "ConfigMapping")
                        .ifPresent(mapping ->
                                mappings.add(new Mapping(values(mapping).getOrDefault("prefix", ""), declared)));
                return super.visitClass(type, null);
            }
        }.scan(unit, null);
    }

    private void addInterface(String prefix, Declared declared) {
        for (Tree member : declared.type().getMembers()) {
            if (member instanceof MethodTree method && method.getBody() == null) {
                addMethod(prefix, method, new TreePath(declared.path(), method));
            }
        }
    }

    private void addMethod(String prefix, MethodTree method, TreePath path) {
        List<? extends AnnotationTree> annotations = method.getModifiers().getAnnotations();
        String name = annotation(annotations, "WithName")
                .map(renamed -> values(renamed).get("value"))
                .orElseGet(() -> kebab(method.getName().toString()));
        String key = annotation(annotations, "WithParentName").isPresent() ? prefix : prefix + "." + name;

        var constraints = new ArrayList<AnnotationTree>(annotations);
        Tree type = method.getReturnType();
        boolean optional = type instanceof ParameterizedTypeTree generic
                && generic.getType().toString().equals("Optional");
        if (optional) {
            type = ((ParameterizedTypeTree) type).getTypeArguments().get(0);
        }
        // @Size List<String> is parsed as (@Size List)<String>.
        Tree annotable = type instanceof ParameterizedTypeTree generic ? generic.getType() : type;
        if (annotable instanceof AnnotatedTypeTree annotated) {
            constraints.addAll(annotated.getAnnotations());
            type = annotated.getUnderlyingType();
        }
        Declared returned = types.get(type.toString());
        if (returned != null && returned.type().getKind() == Tree.Kind.INTERFACE) {
            addInterface(key, returned);
            return;
        }
        Optional<String> preset = annotation(annotations, "WithDefault")
                .map(value -> values(value).get("value"));
        if (preset.isEmpty() && !optional) {
            throw new IllegalStateException(key + " is neither Optional nor has it a default");
        }
        String range = returned != null && returned.type().getKind() == Tree.Kind.ENUM
                ? constants(returned.type())
                : Constraints.range(type.toString(), constraints);
        // The table of a key is named by its first two parts: parley.access.jwt.issuer belongs to parley.access.
        String table = Stream.of(key.split("\\.")).limit(2).collect(joining("."));
        groups.computeIfAbsent(table, group -> new ArrayList<>())
                .add(new Setting(key, description(key, path), range, preset.orElse("")));
    }

    private String description(String key, TreePath path) {
        DocCommentTree comment = docs.getDocCommentTree(path);
        if (comment == null) {
            throw new IllegalStateException(key + " has no Javadoc");
        }
        return comment.getFullBody().stream()
                .map(SettingsSource::markdown)
                .collect(joining())
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String markdown(DocTree part) {
        if (part instanceof LiteralTree literal) {
            return "`" + literal.getBody().getBody().strip() + "`";
        }
        if (part instanceof LinkTree link) {
            return "`" + link.getReference().getSignature() + "`";
        }
        return part instanceof TextTree text ? text.getBody() : part.toString();
    }

    private static String constants(ClassTree type) {
        return type.getMembers().stream()
                .filter(member -> member instanceof VariableTree)
                .map(member -> "`" + kebab(((VariableTree) member).getName().toString()) + "`")
                .collect(joining(", "));
    }

    static Optional<AnnotationTree> annotation(List<? extends AnnotationTree> annotations, String name) {
        return annotations.stream()
                .filter(annotation -> annotation.getAnnotationType().toString().equals(name))
                .findFirst()
                .map(AnnotationTree.class::cast);
    }

    /** The values of an annotation, which must be literals. */
    static Map<String, String> values(AnnotationTree annotation) {
        return annotation.getArguments().stream().collect(toMap(SettingsSource::name, SettingsSource::literal));
    }

    private static String name(Tree argument) {
        return argument instanceof AssignmentTree assignment
                ? assignment.getVariable().toString()
                : "value";
    }

    private static String literal(Tree argument) {
        Tree value = argument instanceof AssignmentTree assignment ? assignment.getExpression() : argument;
        if (value instanceof com.sun.source.tree.LiteralTree literal) {
            return String.valueOf(literal.getValue());
        }
        throw new IllegalStateException(value + " is not a literal");
    }

    /** {@code ttlMin} and {@code TTL_MIN} as {@code ttl-min}. */
    static String kebab(String name) {
        String words = name.contains("_") || name.equals(name.toUpperCase(Locale.ROOT))
                ? name.replace('_', '-')
                : name.replaceAll("([a-z0-9])([A-Z])", "$1-$2");
        return words.toLowerCase(Locale.ROOT);
    }

    /** Every key. */
    static Set<String> keys() {
        return groups().values().stream()
                .flatMap(List::stream)
                .map(Setting::key)
                .collect(toCollection(TreeSet::new));
    }
}
