package dev.rebind.experiment.file;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The YAML documents of a text, up to the first place that is not valid YAML.
 *
 * @param problem what is not valid YAML; null when everything is
 */
record Documents(List<Document> documents, @Nullable Problem problem) {
    /** @param text the text of this document only */
    record Document(Node root, String text) {}

    static Documents of(String file, String text) {
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(FileLimits.ALIASES);
        options.setNestingDepthLimit(FileLimits.DEPTH);
        options.setCodePointLimit(FileLimits.FILE_BYTES);
        var documents = new ArrayList<Document>();
        try {
            // Yaml.composeAll would also load the code that makes Java beans of nodes; a runtime would then need all of
            // java.desktop.
            var composer = new Composer(
                    new AliasBound(new ParserImpl(new StreamReader(text), options)), new Resolver(), options);
            var texts = new DocumentTexts(text);
            while (composer.checkNode()) {
                Node node = composer.getNode();
                if (documents.size() == FileLimits.DOCUMENTS) {
                    return new Documents(
                            List.of(),
                            new Problem(
                                    Severity.error,
                                    file,
                                    Binder.line(node),
                                    null,
                                    "has more than " + FileLimits.DOCUMENTS
                                            + " documents; divide it into several files"));
                }
                documents.add(new Document(node, texts.at(node.getStartMark().getIndex())));
            }
            return new Documents(documents, null);
        } catch (MarkedYAMLException e) {
            return new Documents(documents, NotYaml.problem(file, text, e));
        } catch (ReaderException e) {
            long line = 1
                    + text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            return new Documents(
                    documents,
                    new Problem(
                            Severity.error,
                            file,
                            (int) line,
                            null,
                            String.format("not YAML: the character U+%04X may not stand in it", e.getCodePoint())));
        } catch (YAMLException e) {
            return new Documents(
                    documents,
                    new Problem(
                            Severity.error,
                            file,
                            null,
                            null,
                            "more nested or more repeated by aliases than an experiment can be ("
                                    + Excerpt.of(String.valueOf(e.getMessage())) + "); write it out plainly"));
        }
    }
}
