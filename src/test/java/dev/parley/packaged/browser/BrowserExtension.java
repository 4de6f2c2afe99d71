package dev.parley.packaged.browser;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Provides the {@link Pages} of a test in a {@link BrowserEnvironment} that all tests share. A failed test leaves a screenshot of each page;
 * without Chromium, each test is skipped by name.
 */
final class BrowserExtension implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {
    private static final Namespace ROOM = Namespace.create(BrowserExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        // A class is never skipped, for then its tests would not be named.
        if (context.getTestMethod().isEmpty() || Chromium.installed().isPresent()) {
            return ConditionEvaluationResult.enabled("There is a Chromium, or nothing asks for it yet");
        }
        return ConditionEvaluationResult.disabled("No Chromium on the PATH; Debian's package is called chromium");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Pages.class;
    }

    /** The pages are closed with the test, the environment with the JVM. */
    @Override
    public Pages resolveParameter(ParameterContext parameter, ExtensionContext context) {
        BrowserEnvironment stage = context.getRoot()
                .getStore(ROOM)
                .computeIfAbsent(
                        BrowserEnvironment.class,
                        key -> BrowserEnvironment.with(Chromium.installed().orElseThrow()),
                        BrowserEnvironment.class);
        return context.getStore(ROOM).computeIfAbsent(Pages.class, key -> new Pages(stage), Pages.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Pages pages = context.getStore(ROOM).get(Pages.class, Pages.class);
        if (pages != null && context.getExecutionException().isPresent()) {
            pages.screenshot(context.getRequiredTestClass().getSimpleName() + "."
                    + context.getRequiredTestMethod().getName());
        }
    }
}
