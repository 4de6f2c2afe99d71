package dev.parley;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The plan of the house: {@code http → signaling → feed → store → session}, never back, and {@code ops} alone knows all. */
class RoomsTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.parley");

    @Test
    void theDomainKnowsNoOtherRoom() {
        knowsOnly("dev.parley.session..", "dev.parley.session..");
    }

    @Test
    void theDomainKnowsNeitherHttpNorSqlNorAFramework() {
        noClasses()
                .that()
                .resideInAPackage("dev.parley.session..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..", "java.sql..", "javax.sql..", "io.quarkus..", "org.hibernate..", "io.vertx..")
                .check(HOUSE);
    }

    @Test
    void theStoreKnowsOnlyTheDomainAndTheVault() {
        knowsOnly("dev.parley.store..", "dev.parley.store..", "dev.parley.session..", "dev.parley.vault..");
    }

    @Test
    void theSeamDoesNotKnowItsEngines() {
        knowsOnly("dev.parley.store", "dev.parley.store", "dev.parley.session..", "dev.parley.vault..");
    }

    @Test
    void theUseCasesKnowTheDomainTheSeamAndTheFeed() {
        knowsOnly(
                "dev.parley.signaling..",
                "dev.parley.signaling..",
                "dev.parley.session..",
                "dev.parley.store",
                "dev.parley.feed..");
    }

    @Test
    void theFeedKnowsTheDomainAndTheSeam() {
        knowsOnly("dev.parley.feed..", "dev.parley.feed..", "dev.parley.session..", "dev.parley.store");
    }

    @Test
    void theSweeperKnowsTheDomainAndTheSeam() {
        knowsOnly("dev.parley.expiry..", "dev.parley.expiry..", "dev.parley.session..", "dev.parley.store");
    }

    @Test
    void tracesKnowTheDomainAndTheSeam() {
        knowsOnly("dev.parley.trace..", "dev.parley.trace..", "dev.parley.session..", "dev.parley.store");
    }

    @Test
    void whatOperatorsSeeOfCallsKnowsTracesAlone() {
        knowsOnly("dev.parley.http.sight..", "dev.parley.http.sight..", "dev.parley.trace");
    }

    @Test
    void theIceServersKnowNoOtherRoom() {
        knowsOnly("dev.parley.ice..", "dev.parley.ice..");
    }

    @Test
    void accessKnowsTheDomainAndTheSeam() {
        knowsOnly("dev.parley.access..", "dev.parley.access..", "dev.parley.session..", "dev.parley.store");
    }

    @Test
    void theVaultKnowsNoOtherRoom() {
        knowsOnly("dev.parley.vault..", "dev.parley.vault..");
    }

    @Test
    void whatIsSealedIsOpenedInTheStoreAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.parley.vault..", "dev.parley.store", "dev.parley.ops")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.parley.vault..")
                .check(HOUSE);
    }

    @Test
    void httpTouchesNeitherSqlNorAnEngine() {
        noClasses()
                .that()
                .resideInAPackage("dev.parley.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "jakarta.persistence..", "org.hibernate..")
                .orShould()
                .dependOnClassesThat(resideInAPackage("dev.parley.store.*.."))
                .check(HOUSE);
    }

    @Test
    void nobodyKnowsWhoPutsTheRoomsTogether() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.parley.ops..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.parley.ops..")
                .check(HOUSE);
    }

    @Test
    void noTwoPackagesKnowEachOther() {
        slices().matching("dev.parley.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void noClassIsNamedForWantOfAnIdea() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Dto")
                .check(HOUSE);
    }

    /** Among the rooms of the house, that is: what a room takes from outside is another question. */
    private static void knowsOnly(String room, String... others) {
        DescribedPredicate<JavaClass> known =
                DescribedPredicate.or(JavaClass.Predicates.resideInAnyPackage(others), outsideOfTheHouse());
        classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat(known)
                .check(HOUSE);
    }

    private static DescribedPredicate<JavaClass> outsideOfTheHouse() {
        return JavaClass.Predicates.resideOutsideOfPackage("dev.parley..");
    }
}
