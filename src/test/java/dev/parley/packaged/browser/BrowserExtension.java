package dev.parley.packaged.browser;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the {@link Pages} that it opens, on a {@link BrowserEnvironment} that all tests share. A failed test leaves a screenshot of each
 * page; where there is no Chromium, each test is skipped by its name and says why.
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

    /** What is in a store is closed with the test, or the whole run, that the store belongs to. */
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
