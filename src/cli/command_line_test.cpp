// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/schema_command.hpp"
#include "cli/version.hpp"

#include <gmock/gmock.h>

namespace monster {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

struct Outcome {
  int status = 0;
  std::string out;
  std::string error;
};

Outcome run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "monster-agent");
  arguments.push_back(nullptr);
  CaptureStdout();
  CaptureStderr();
  Outcome outcome;
  outcome.status = run_command_line(static_cast<int>(arguments.size()) - 1, arguments.data());
  outcome.out = GetCapturedStdout();
  outcome.error = GetCapturedStderr();
  return outcome;
}

TEST(CommandLine, Help_NamesEveryCommandAndExitStatus) {
  const Outcome outcome = run({"--help"});
  EXPECT_EQ(outcome.status, exit_ok);
  for (const Command& command : commands())
    EXPECT_THAT(outcome.out, HasSubstr(std::string(command.summary))) << command.name;
  for (const ExitCodeMeaning& one : exit_code_meanings)
    EXPECT_THAT(outcome.out, HasSubstr(std::string(one.meaning)));
  EXPECT_THAT(outcome.out, HasSubstr("125"));
}

TEST(CommandLine, HelpOfEveryCommand_HasExamples) {
  for (const Command& command : commands()) {
    const Outcome outcome = run({std::string(command.name).c_str(), "--help"});
    EXPECT_EQ(outcome.status, exit_ok) << command.name;
    EXPECT_THAT(outcome.out, HasSubstr("\n  monster-agent " + std::string(command.name))) << command.name;
  }
}

TEST(CommandLine, Version_IsThatOfTheProject) {
  const Outcome outcome = run({"--version"});
  EXPECT_EQ(outcome.status, exit_ok);
  EXPECT_EQ(outcome.out, "monster-agent " + std::string(agent_version()) + "\n");
}

TEST(CommandLine, UnknownCommand_IsAUsageErrorWithASuggestion) {
  const Outcome outcome = run({"shema"});
  EXPECT_EQ(outcome.status, exit_usage);
  EXPECT_EQ(outcome.error, "monster-agent: there is no command \"shema\"; did you mean \"schema\"?\n"
                           "Try `monster-agent --help`.\n");
}

TEST(CommandLine, UsageErrors_AreOneLineAndAHint) {
  EXPECT_EQ(run({}).status, exit_usage);
  EXPECT_EQ(run({"schema", "--formt", "tsv"}).error,
            "monster-agent schema: there is no option --formt\nTry `monster-agent schema --help`.\n");
  EXPECT_EQ(run({"doctor", "now"}).error,
            "monster-agent doctor: the argument \"now\" was not expected\nTry `monster-agent doctor --help`.\n");
  const Outcome outcome = run({"schema", "--format", "xml"});
  EXPECT_EQ(outcome.status, exit_usage);
  EXPECT_THAT(outcome.error, HasSubstr("there is no format \"xml\"; there are tsv, json"));
}

TEST(CommandLine, HostileArguments_AreEscaped) {
  EXPECT_THAT(run({"\x1b[2J"}).error, HasSubstr("there is no command \"\\u001b[2J\""));
  EXPECT_THAT(run({"schema", "--format", "\x1b]0;x"}).error, HasSubstr("\\u001b]0;x"));
}

TEST(Schema, EveryFormat_PrintsSomething) {
  for (const SchemaFormat& format : printable_schemas()) {
    const std::string name(format.name);
    const Outcome outcome = run({"schema", "--format", name.c_str()});
    EXPECT_EQ(outcome.status, exit_ok) << name;
    EXPECT_GT(outcome.out.size(), 100U) << name;
  }
}

} // namespace
} // namespace monster
