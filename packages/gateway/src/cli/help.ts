/** The text of `rivulet --help`. */
import { ENVIRONMENT } from './config-settings.ts';

/** The commands and their flags. docs/command-line.md says more. */
export const HELP = `rivulet: the gateway of Rivulet

  rivulet [start] [--config FILE] [--port N] [--host ADDRESS] [--data FOLDER] [--model NAME] [--usage include|omit]
          [--when-unwatched finish|MS] [--log-level LEVEL]
  rivulet check [the same]      validates the configuration, prints what is in effect and exits, with 1 when it is invalid
  rivulet doctor [--url URL] [the same]     looks at all that the service depends on, says what to mend, and exits with 1 when
                                there is a fault; --url: looks at it as visitors reach it, too

  rivulet init [--config FILE] [--replies upstream|demo] [--key-from NAME|none] [--base-url URL] [--model NAME] [--site ID]
          [--origin ORIGIN,…] [--data FOLDER] [--port N] [--yes] [--force]
                                asks a few questions, in a terminal, and writes a configuration file, rivulet.json;
                                --yes: without questions; --force: replaces a file
  rivulet snippet [--site ID] [--url URL] [--config FILE]      prints what a page of the site needs: the tag, also with the hashes
                                of the files, the lines of its policy (CSP), and the form for npm; --url: where visitors reach
                                the gateway

  rivulet export --site ID [--visitor ID], or --conversation ID [--format ndjson|json] [--output FILE] [--config FILE]
          [--data FOLDER]       writes conversations to standard output or into FILE, while gateways use them
  rivulet erase --site ID --visitor ID, or --conversation ID [--dry-run] [--yes] [--config FILE] [--data FOLDER]
                                erases what is kept of a visitor, or a conversation, but for what is under a legal hold;
                                --dry-run: prints what would go; --yes: without asking

  rivulet backup FILE [--config FILE] [--data FOLDER]      writes the conversations, the files and the secret of a data folder
                                into FILE, while a gateway uses them; -: to standard output
  rivulet restore FILE [--config FILE] [--data FOLDER]     puts a backup into an empty data folder; -: from standard input
  rivulet migrate [--dry-run] [--config FILE]              brings the Postgres database to the version of this gateway and exits;
                                --dry-run: prints what that would do
  rivulet import --data FOLDER [--into FOLDER] [--dry-run] [--config FILE]     copies what a gateway on SQLite has in its data
                                folder into the Postgres of the configuration; --into: its files and its secret into another
                                data folder; --dry-run: prints what would be copied

  rivulet ingest [SITEMAP|PAGE|FOLDER] --site ID [--base-url URL] [--delay MS] [--max-documents N] [--allow-private] [--remove]
          [--config FILE] [--data FOLDER]      reads the documents of a site, so that the model can search and cite them; without a
                                source: those of the configuration; --base-url: where the files of a folder are published;
                                --allow-private: also addresses that are not on the internet; --remove: removes the source

  --config FILE   a JSON file, which is read again when it changes and on SIGHUP; flags override the environment (${Object.keys(ENVIRONMENT).join(', ')}), which overrides the file
  --json          prints JSON at the end, for every command but start: one line, or the findings of doctor; messages on the way go to standard error
  --help          print this text
  --version       print the version

  Exit codes: 0 done; 1 the work failed, or something was found wrong; 2 wrong usage or configuration, and nothing was tried
`;
