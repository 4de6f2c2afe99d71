package dev.parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.parley.http.Json;
import io.netty.buffer.ByteBuf;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.vertx.core.buffer.Buffer;
import jakarta.persistence.EntityManager;
import jakarta.ws.rs.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.junit.jupiter.api.Test;

/**
 * What the native build needs to know of the classes: types that libraries create or read by reflection are registered for it. The jar
 * works without that; the native executable replies with 500 where one is missing.
 */
class ReflectionTest {
    private static final String ROOT = "dev.parley";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void everyResultOfAQueryIsRegistered() {
        Set<String> results = MAIN.stream()
                .filter(type -> type.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isAssignableTo(EntityManager.class)
                                || call.getTarget().getName().equals("project")))
                .flatMap(type -> type.getCodeUnits().stream())
                .flatMap(ReflectionTest::literals)
                .collect(names());

        assertThat(results).isNotEmpty();
        assertThat(registered()).containsAll(results);
    }

    @Test
    void everyTypeOfJsonIsRegistered() {
        Set<String> json = new TreeSet<>();
        for (JavaClass type : MAIN) {
            if (type.isRecord() && isAnnotatedForJson(type)) {
                json.add(type.getName());
            }
            if (type.isAnnotatedWith(OpenApiFilter.class)) {
                continue; // runs in the build only
            }
            for (JavaCodeUnit code : type.getCodeUnits()) {
                if (calls(code, Json.class, "read") || calls(code, ObjectMapper.class, "read")) {
                    literals(code).map(JavaClass::getName).forEach(json::add);
                }
                if (calls(code, ObjectMapper.class, "write") || calls(code, ObjectWriter.class, "write")) {
                    values(code).map(JavaClass::getName).forEach(json::add);
                }
            }
        }

        assertThat(json).hasSizeGreaterThan(20);
        Set<String> registered = registered();
        registered.addAll(inSignaturesOfResources());
        assertThat(registered).containsAll(json);
    }

    /** Caffeine finds the classes of a cache by a name made of its options. */
    @Test
    void everyOwnerOfACacheNamesTheClassesOfTheCache() {
        assertThat(MAIN.stream()
                        .filter(type -> type.getMethodCallsFromSelf().stream()
                                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Caffeine.class)
                                        && call.getTarget().getName().equals("build")))
                        .map(JavaClass::getName))
                .isNotEmpty()
                .allSatisfy(owner -> assertThat(MAIN.get(owner).reflect().getAnnotation(RegisterForReflection.class))
                        .isNotNull()
                        .satisfies(annotation -> assertThat(annotation.classNames())
                                .anyMatch(name -> name.startsWith(Caffeine.class.getPackageName()))));
    }

    /** The native build stores the values of static fields in the executable, and rejects these. */
    @Test
    void noStaticFieldHoldsABufferOrRandomNumbers() {
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(JavaClass.Predicates.assignableTo(Buffer.class)
                        .or(JavaClass.Predicates.assignableTo(ByteBuf.class))
                        .or(JavaClass.Predicates.assignableTo(Random.class)))
                .check(MAIN);
    }

    private static boolean calls(JavaCodeUnit code, Class<?> owner, String verb) {
        return code.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(owner)
                        && call.getTarget().getName().startsWith(verb)
                        && !call.getTarget().getName().equals("readTree")); // binds no type
    }

    private static Stream<JavaClass> literals(JavaCodeUnit code) {
        return code.getReferencedClassObjects().stream()
                .map(ReferencedClassObject::getRawType)
                .filter(type -> type.getPackageName().startsWith(ROOT));
    }

    /** Records that a method creates or receives from other methods. */
    private static Stream<JavaClass> values(JavaCodeUnit code) {
        return code.getCallsFromSelf().stream()
                .map(call -> call.getTarget() instanceof MethodCallTarget method
                        ? method.getRawReturnType()
                        : call.getTargetOwner())
                .filter(type -> type.isRecord() && type.getPackageName().startsWith(ROOT));
    }

    private static boolean isAnnotatedForJson(JavaClass type) {
        return type.isAnnotatedWith(Schema.class)
                || Stream.concat(Stream.of(type), type.getMembers().stream().map(JavaMember.class::cast))
                        .flatMap(annotated -> annotated.getAnnotations().stream())
                        .anyMatch(annotation ->
                                annotation.getRawType().getPackageName().startsWith("com.fasterxml.jackson"));
    }

    private static Set<String> registered() {
        Set<String> registered = new TreeSet<>();
        for (JavaClass type : MAIN) {
            RegisterForReflection annotation = type.reflect().getAnnotation(RegisterForReflection.class);
            if (annotation != null) {
                Stream.of(annotation.targets()).map(Class::getName).forEach(registered::add);
                registered.addAll(Set.of(annotation.classNames()));
                if (annotation.targets().length + annotation.classNames().length == 0) {
                    registered.add(type.getName());
                }
            }
        }
        return registered;
    }

    /** Quarkus registers these: parameters and results of the methods of resources, and the types of their fields in turn. */
    private static Set<String> inSignaturesOfResources() {
        Set<String> found = new TreeSet<>();
        MAIN.stream()
                .filter(type -> type.isAnnotatedWith(Path.class))
                .flatMap(type -> type.getMethods().stream())
                .flatMap(
                        method -> Stream.concat(Stream.of(method.getReturnType()), method.getParameterTypes().stream()))
                .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .forEach(type -> addWithFields(type, found));
        return found;
    }

    private static void addWithFields(JavaClass type, Set<String> found) {
        if (type.getPackageName().startsWith(ROOT) && found.add(type.getName())) {
            type.getFields().stream()
                    .flatMap(field -> field.getType().getAllInvolvedRawTypes().stream())
                    .forEach(next -> addWithFields(next, found));
        }
    }

    private static Collector<JavaClass, ?, Set<String>> names() {
        return Collectors.mapping(JavaClass::getName, Collectors.toSet());
    }
}
