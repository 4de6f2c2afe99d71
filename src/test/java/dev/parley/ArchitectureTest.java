package dev.parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The dependency rules between packages: {@code http → signaling → store → engine}, never back, without cycles. */
class ArchitectureTest {
    private static final String ROOT = "dev.parley";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @ParameterizedTest
    @CsvSource({
        "http.observe,",
        "http.console,",
        "http.access,    access config session",
        "http,           http.access http.observe ice session store",
        "http.wait,      http http.access session signaling store waiting",
        "http.api,       http http.access http.rondevu http.wait ice session signaling store waiting",
        "http.channel,   access http http.access http.api http.filter http.observe http.wait ice session signaling store waiting",
        "http.whip,      http http.access http.wait ice session signaling store waiting",
        "http.rondevu,   http http.access session signaling store",
        "http.filter,    access config http http.access http.console http.observe session",
    })
    void eachPackageOfHttpUsesOnlyThoseBelowIt(String name, String allowed) {
        usesOnly(name, allowed);
    }

    /** Each package and the packages of the project that it may use, besides itself. */
    @ParameterizedTest
    @CsvSource({
        "config,",
        "session,",
        "ice,                  config",
        "store,                config session",
        "store.crypto,         config session store",
        "store.sql,            config session store store.crypto",
        "store.sqlite,         config session store store.crypto store.sql",
        "store.postgresql,     config session store store.crypto store.sql waiting",
        "store.admin,          config session store store.crypto store.sql store.sqlite store.postgresql",
        "waiting,              session store",
        "signaling,            config session store store.sql waiting",
        "access,               config session store store.admin store.sql",
        "expiry,               config session store store.sql",
    })
    void eachPackageUsesOnlyThoseBelowIt(String name, String allowed) {
        usesOnly(name, allowed);
    }

    private static void usesOnly(String name, @Nullable String allowed) {
        String[] packages = Stream.concat(
                        Stream.of(name), allowed == null ? Stream.of() : Arrays.stream(allowed.split(" +")))
                .map(part -> ROOT + "." + part)
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> known = DescribedPredicate.or(
                JavaClass.Predicates.resideInAnyPackage(packages),
                JavaClass.Predicates.resideOutsideOfPackage(ROOT + ".."));
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should()
                .onlyDependOnClassesThat(known)
                .check(MAIN);
    }

    @Test
    void theDomainUsesNeitherHttpNorSqlNorAFramework() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".session..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..", "java.sql..", "javax.sql..", "io.quarkus..", "org.hibernate..", "io.vertx..")
                .check(MAIN);
    }

    @Test
    void httpUsesNeitherSqlNorAnEngine() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "jakarta.persistence..",
                        "org.hibernate",
                        "org.hibernate.engine..",
                        "org.hibernate.query..",
                        ROOT + ".store.*..")
                .check(MAIN);
    }

    @Test
    void onlyTheCommandLineUsesTheComposition() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".ops..", ROOT + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".ops..", ROOT + ".cli..")
                .check(MAIN);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(MAIN);
    }

    /** A nested class belongs to the file of its top-level class. */
    @Test
    void filesHaveNoCycles() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        String name = type.getBaseComponentType().getName();
                        return name.startsWith(ROOT + ".")
                                ? SliceIdentifier.of(name.replaceFirst("\\$.*", ""))
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "each source file";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    @Test
    void noClassHasAGenericName() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Dto)")
                .check(MAIN);
    }
}
