import Gateway

BedrockAdapter.main(CommandLine.arguments.isEmpty ? ProcessArguments.read() : nil)
