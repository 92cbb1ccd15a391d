package dev.rebind.report.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.SampleRecords;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.validation.SchemaFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class JunitXmlTest {
    @TempDir
    Path folder;

    private Document read() throws Exception {
        Document document = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("junit.xml").toFile());
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(Objects.requireNonNull(JunitXmlTest.class.getResource("junit.xsd")))
                .newValidator()
                .validate(new DOMSource(document));
        return document;
    }

    private static int count(Document document, String element) {
        return document.getElementsByTagName(element).getLength();
    }

    @Test
    @DisplayName("When a run has every verdict and hostile names, then the file is valid and its counts are right")
    void valid() throws Exception {
        List<CycleRecord> records = SampleRecords.all();
        SampleReport.write(folder, records);

        Document document = read();

        assertThat(count(document, "testcase")).isEqualTo(records.size());
        assertThat(count(document, "failure")).isEqualTo(2);
        assertThat(count(document, "error")).isEqualTo(3);
        int tests = 0;
        int errors = 0;
        for (int i = 0; i < count(document, "testsuite"); i++) {
            Element suite = (Element) document.getElementsByTagName("testsuite").item(i);
            tests += Integer.parseInt(suite.getAttribute("tests"));
            errors += Integer.parseInt(suite.getAttribute("errors"));
            assertThat(suite.getElementsByTagName("testcase").getLength())
                    .isEqualTo(Integer.parseInt(suite.getAttribute("tests")));
        }
        assertThat(tests).isEqualTo(records.size());
        assertThat(errors).isEqualTo(3);
    }

    @Test
    @DisplayName("When an explanation holds what XML does not allow, then it is replaced, and the rest is kept")
    void escaped() throws Exception {
        SampleReport.write(folder, List.of(SampleRecords.notProduced()));

        Element error = (Element) read().getElementsByTagName("error").item(0);

        assertThat(error.getTextContent())
                .contains("</script><!-- ]]> \uFFFD\uFFFD\uFFFD end.")
                .startsWith("The cycle was meant");
        assertThat(error.getAttribute("type")).isEqualTo("Inconclusive");
    }

    @Test
    @DisplayName("When cycles were planned and not run, then the suite has an error for them")
    void notRun() throws Exception {
        CycleRecord reset = SampleRecords.reset();
        Run run = new Run(
                java.time.Instant.EPOCH,
                java.time.Instant.EPOCH,
                true,
                List.of(SampleRun.subject("reset", 3), SampleRun.subject("other", 1)),
                SampleRun.MACHINE);
        try (ReportFolder report = ReportFolder.open(folder)) {
            report.records().write(reset);
            report.finish(run);
        }

        Document document = read();

        assertThat(count(document, "error")).isEqualTo(2);
        assertThat(document.getElementsByTagName("error").item(0).getTextContent())
                .isEqualTo("2 of 3 cycles were not run.");
    }

    @ParameterizedTest
    @DisplayName("When an experiment of a duration did not run to its end, then its suite is not green")
    @CsvSource({"Completed, ", "Aborted, Inconclusive", "Error, Error"})
    void endedEarly(Phase phase, @Nullable String type) throws Exception {
        Run run = new Run(
                java.time.Instant.EPOCH,
                java.time.Instant.EPOCH,
                phase != Phase.Completed,
                List.of(new Run.Subject("reset", null, null, "", null, phase)),
                SampleRun.MACHINE);
        try (ReportFolder report = ReportFolder.open(folder)) {
            report.records().write(SampleRecords.reset());
            report.finish(run);
        }

        Document document = read();

        assertThat(count(document, "error")).isEqualTo(type == null ? 0 : 1);
        if (type != null) {
            Element error = (Element) document.getElementsByTagName("error").item(0);
            assertThat(error.getAttribute("type")).isEqualTo(type);
        }
    }
}
