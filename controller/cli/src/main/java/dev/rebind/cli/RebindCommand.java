package dev.rebind.cli;

import dev.rebind.agent.supervisor.AgentCommand;
import dev.rebind.client.ClientCommand;
import dev.rebind.server.ServerCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code rebind}: the parent of all subcommands. */
@Command(
        name = "rebind",
        description =
                "Finds out why a restarted server gets Address already in use, when the port is free again, and what"
                        + " to change.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            RunCommand.class,
            ValidateCommand.class,
            WhyCommand.class,
            AuditCommand.class,
            CheckCommand.class,
            ReportCommand.class,
            CompareCommand.class,
            SocketsCommand.class,
            ServerCommand.class,
            ClientCommand.class,
            AgentCommand.class,
            ControllerCommand.class,
            ApplyCommand.class,
            BenchCommand.class,
            TrainCommand.class,
            ManPagesCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes of run:%n",
        exitCodeList = {
            "0:Every experiment passed.",
            "1:At least one failed.",
            "2:Bad input or usage; nothing was touched.",
            "3:None failed; at least one was inconclusive, could not be carried out or could not be recorded.",
            "70:Rebind itself broke, or Java could not start.",
            "130:Interrupted (Ctrl-C).",
            "143:Terminated (SIGTERM)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind why 8080",
            "  rebind audit",
            "  rebind check --port 8080 -- python3 -m http.server 8080",
            "  rebind run",
            "  rebind help why"
        })
final class RebindCommand {}
