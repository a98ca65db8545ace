import Gateway

BedrockAdapter.main(ProcessArguments.read())
