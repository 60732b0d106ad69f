package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the README and the other pages show can be copied.
class ReadmeTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir Path classes;

    @ParameterizedTest
    @CsvSource({"README.md, 2", "docs/steam.md, 3", "docs/web.md, 2"})
    void everyProgramOnThePageCompiles(String page, int count) throws IOException {
        List<JavaFileObject> programs = new ArrayList<>();
        PROGRAM.matcher(Files.readString(Built.root().resolve(page)))
                .results()
                .forEach(match -> programs.add(program(programs.size(), match.group(1))));
        assertThat(programs).as("programs in %s", page).hasSize(count);

        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiles = javac.getTask(messages, null, null, options, null, programs).call();
        assertThat(compiles).as(messages.toString()).isTrue();
    }

    private static JavaFileObject program(int index, String text) {
        URI name = URI.create("page:///Program" + index + ".java");
        return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
