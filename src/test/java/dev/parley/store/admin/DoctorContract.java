package dev.parley.store.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.admin.Finding.Level;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every check of an examination has a case in which it fails. A subclass provides the subjects of its cases by a static method {@code
 * subjects}.
 */
abstract class DoctorContract {
    /** Examines a healthy store. */
    abstract List<Finding> examineHealthy();

    /** Breaks the healthy store in the way that {@code subject} reports, and examines it. */
    abstract List<Finding> examineBroken(String subject) throws IOException, SQLException;

    /** The checks whose failures have tests of their own. */
    List<String> testedElsewhere() {
        return List.of();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aFailureIsReportedWithAdvice(String subject) throws IOException, SQLException {
        assertThat(level(examineHealthy(), subject)).isEqualTo(Level.OK);

        List<Finding> findings = examineBroken(subject);

        assertThat(level(findings, subject)).as("%s", findings).isGreaterThan(Level.OK);
        assertThat(findings)
                .filteredOn(finding -> finding.level() != Level.OK)
                .allSatisfy(finding -> assertThat(finding.advice()).isNotBlank());
    }

    /** @param cases the subjects of the cases */
    void assertCovered(Iterable<String> cases) {
        List<Finding> findings = examineHealthy();

        assertThat(findings)
                .allSatisfy(
                        finding -> assertThat(finding.level()).as("%s", finding).isEqualTo(Level.OK));
        var subjects = new TreeSet<>(findings.stream().map(Finding::subject).toList());
        assertThat(subjects.removeAll(testedElsewhere()))
                .isEqualTo(!testedElsewhere().isEmpty());
        assertThat(subjects).containsExactlyInAnyOrderElementsOf(cases);
    }

    @Test
    abstract void everyCheckHasACaseInWhichItFails();

    static Level level(List<Finding> findings, String subject) {
        return finding(findings, subject).level();
    }

    static Finding finding(List<Finding> findings, String subject) {
        return Objects.requireNonNull(
                findings.stream()
                        .filter(finding -> finding.subject().equals(subject))
                        .findFirst()
                        .orElse(null),
                () -> subject + " is not in " + findings);
    }
}
